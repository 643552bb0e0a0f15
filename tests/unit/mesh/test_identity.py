"""Service tokens: only ours, only while they last."""

import os
import stat

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.mesh import identity
from services.mesh.errors import MeshError
from services.mesh.identity import ServiceIdentity, Verifier, service_key
from services.mesh.settings import Settings

KEY = OKPKey.generate_key("Ed25519")


def test_a_token_names_its_signer():
    principal = Verifier(KEY).principal(ServiceIdentity("drug", KEY).token())
    assert (principal.kind, principal.name) == ("service", "drug")


def test_an_operator_says_so():
    assert Verifier(KEY).principal(ServiceIdentity("cli", KEY, "operator").token()).kind == "operator"


def test_a_token_is_reused_until_half_its_life(monkeypatch):
    signer = ServiceIdentity("drug", KEY)
    first = signer.token()
    assert signer.token() == first
    later = identity.time.time() + identity.TOKEN_SECONDS / 2 + 1
    monkeypatch.setattr(identity.time, "time", lambda: later)
    assert signer.token() != first


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 50, "."])
def test_rubbish_is_refused(token):
    with pytest.raises(MeshError, match="UNAUTHENTICATED"):
        Verifier(KEY).principal(token)


def test_another_deployments_token_is_refused():
    stranger = ServiceIdentity("drug", OKPKey.generate_key("Ed25519")).token()
    with pytest.raises(MeshError, match="UNAUTHENTICATED"):
        Verifier(KEY).principal(stranger)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "drug", "kind": "service", "aud": "medichain-mesh", "exp": 1},
        {"sub": "drug", "kind": "service", "aud": "elsewhere", "exp": 4102444800},
        {"sub": "drug", "kind": "service", "aud": "medichain-mesh"},
    ],
    ids=["expired", "for somebody else", "without an end"],
)
def test_claims_must_hold(claims):
    token = jwt.encode({"alg": "Ed25519"}, claims, KEY, algorithms=["Ed25519"])
    with pytest.raises(MeshError, match="UNAUTHENTICATED"):
        Verifier(KEY).principal(token)


def test_a_known_token_expires_too(monkeypatch):
    verifier, token = Verifier(KEY), ServiceIdentity("drug", KEY).token()
    verifier.principal(token)
    later = identity.time.time() + identity.TOKEN_SECONDS + 1
    monkeypatch.setattr(identity.time, "time", lambda: later)
    with pytest.raises(MeshError, match="UNAUTHENTICATED"):
        verifier.principal(token)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    settings = Settings(data_dir=tmp_path)
    first, second = service_key(settings), service_key(settings)
    assert first.as_dict() == second.as_dict()
    assert stat.S_IMODE(os.stat(tmp_path / "keys" / "service.pem").st_mode) == 0o600


def test_a_configured_key_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="MEDICHAIN_SERVICE_KEY_FILE"):
        service_key(Settings(data_dir=tmp_path, service_key_file=tmp_path / "none.pem"))


@pytest.mark.parametrize("kind", ["edge", "service", "operator"])
def test_a_process_says_what_it_is(kind):
    assert Verifier(KEY).principal(ServiceIdentity("x", KEY, kind).token()).kind == kind


@pytest.mark.parametrize("kind", ["root", "", None, 1, "user"])
def test_a_kind_nobody_knows_is_refused(kind):
    claims = {"sub": "x", "kind": kind, "aud": "medichain-mesh", "exp": 4102444800}
    token = jwt.encode({"alg": "Ed25519"}, claims, KEY, algorithms=["Ed25519"])
    with pytest.raises(MeshError, match="UNAUTHENTICATED"):
        Verifier(KEY).principal(token)
