"""How tokens are made, and keys changed while the service runs."""

import os
import stat

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.account import tokens
from services.account.tokens import (
    TokenSigner,
    key_set,
    made_on_first_use,
    read_keys,
    refresh_hash,
    refresh_token,
    session_of,
)
from services.mesh.people import Person
from services.mesh.settings import Settings
from services.mesh.tokens import TokenVerifier
from tests.support.people import FakeSessions

SESSION = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


class Published:
    """What the signer publishes, as a key source of the mesh."""

    def __init__(self, signer):
        self.signer = signer

    async def key(self, kid):
        found = {key.kid: key.x for key in self.signer.public()}
        return (
            OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": found[kid]}) if kid in found else None
        )


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "signing.json"
    file.write_bytes(key_set([OKPKey.generate_key("Ed25519")]))
    return file


async def test_the_mesh_takes_what_is_signed_here(path):
    signer = TokenSigner(path, 15)
    person = await TokenVerifier(Published(signer), FakeSessions()).person(signer.access("a1", SESSION))
    assert person == Person("a1", SESSION, 1, "user")


def test_an_access_token_holds_nothing_but_who_and_until_when(path):
    signer = TokenSigner(path, 15)
    read = jwt.decode(signer.access("a1", SESSION), read_keys(path)[0], algorithms=["Ed25519"])
    assert set(read.header) == {"alg", "typ", "kid"}
    assert set(read.claims) == {"iss", "aud", "sub", "sid", "iat", "exp"}
    assert read.claims["exp"] - read.claims["iat"] == signer.seconds == 900


async def test_a_key_added_while_it_runs_signs_and_the_older_one_still_verifies(path, monkeypatch):
    monkeypatch.setattr(tokens, "LOOK_SECONDS", 0.0)
    signer = TokenSigner(path, 15)
    before = signer.access("a1", SESSION)
    path.write_bytes(key_set([*read_keys(path), OKPKey.generate_key("Ed25519")]))
    os.utime(path, ns=(1, 1))
    after = signer.access("a1", SESSION)
    assert before.split(".")[0] != after.split(".")[0]
    verifier = TokenVerifier(Published(signer), FakeSessions())
    for token in (before, after):
        assert (await verifier.person(token)).account_id == "a1"


def test_only_public_halves_are_published(path):
    (key,) = TokenSigner(path, 15).public()
    assert (len(key.x), len(key.kid)) == (43, 43)
    assert read_keys(path)[0].as_dict(private=True)["d"] not in (key.x, key.kid)


def test_keys_are_made_on_first_use_and_only_their_owner_reads_them(tmp_path):
    made = made_on_first_use(Settings(data_dir=tmp_path))
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert made_on_first_use(Settings(data_dir=tmp_path)).read_bytes() == made.read_bytes()
    with pytest.raises(FileNotFoundError):
        made_on_first_use(Settings(data_dir=tmp_path, signing_key_file=tmp_path / "none"))


@pytest.mark.parametrize("content", [b'{"keys": []}', b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}'])
def test_a_file_without_private_keys_is_refused(tmp_path, content):
    file = tmp_path / "keys.json"
    file.write_bytes(content)
    with pytest.raises(ValueError):
        read_keys(file)


def test_a_refresh_token_names_its_session_and_is_kept_as_a_hash():
    token = refresh_token(SESSION)
    assert token != refresh_token(SESSION)
    assert session_of(token) == SESSION
    assert len(refresh_hash(token)) == 64
    assert token.rpartition(".")[2] not in refresh_hash(token)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "r1",
        "r1..",
        f"r2.{SESSION}.x",
        f"r1.{SESSION}.",
        f"r1.{SESSION}.x.y",
        "r1.*.x",
        "r1.\r\n.x",
        f"r1.{SESSION}\u0660.x",
    ],
)
def test_what_is_no_refresh_token_names_no_session(text):
    assert session_of(text) is None
