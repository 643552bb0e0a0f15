"""Operators' commands while nothing runs, and the keys, which need nothing running."""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from typer.testing import CliRunner

from medichain.account.v1 import account_pb2
from services.account.signing_rotation import rotate_signing
from services.account.tokens import TokenSigner, made_on_first_use, read_keys
from services.cli import export, keys, menus
from services.cli.main import app
from services.cli.operating import explained
from services.mesh.errors import CallFailed, Violation
from services.mesh.people import SessionState, Standing
from services.mesh.settings import Settings
from services.mesh.signing_keys import SigningKeys
from services.mesh.tokens import TokenVerifier
from services.storage.cipher import Keyring
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import MasterKeys, master_keys
from services.storage.migrate import migrate

RUNNER = CliRunner()
COMMANDS = [
    "shards list",
    "shards add sqlite+aiosqlite:///more.sqlite3",
    "shards drain 1 --undo",
    "users block kim --reason whatever",
    "users unblock kim --reason whatever",
    "users move kim --to 2",
    "users show kim --reason whatever",
    "operators add kim",
    "operators remove kim --reason whatever",
    "demo-accounts 3",
    "export feedback",
    "audit verify",
    "audit list",
]


@pytest.fixture
def settings(tmp_path, monkeypatch):
    made = Settings(data_dir=tmp_path)
    monkeypatch.setattr(menus, "settings", lambda: made)
    return made


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_says_that_nothing_runs(line, settings, monkeypatch):
    for service in ("ACCOUNT", "CHATBOT"):
        monkeypatch.setenv(f"MEDICHAIN_{service}_ADDR", "dns:///127.0.0.1:1")
    done = RUNNER.invoke(app, line.split())
    assert done.exit_code == 1
    assert done.output.strip() == "medichain: not running; start it with make run"


@pytest.mark.parametrize("line", ["users block kim", "users move kim", "demo-accounts 0", "shards drain"])
def test_what_is_missing_is_named(line, settings):
    done = RUNNER.invoke(app, line.split())
    assert done.exit_code == 2
    assert "Usage" in done.output


@pytest.mark.parametrize("menu", ["shards", "users", "operators", "keys", "export", "audit"])
def test_every_menu_explains_itself(menu):
    assert "Commands" in RUNNER.invoke(app, [menu, "--help"]).output


def test_a_refusal_is_one_line():
    refusal = CallFailed("MOVING", [Violation("account", "is under way")], retry_after=1.6, answered=True)
    said = explained(refusal)
    assert said.endswith("(account is under way) (again in 2 s)")
    assert "\n" not in said
    assert "not running" not in explained(CallFailed("UNAVAILABLE", answered=True))


def test_an_export_that_cannot_be_written_says_so(settings, capsys):
    assert export.feedback(settings, "", "/nowhere/at/all.jsonl") == 1
    assert "/nowhere/at/all.jsonl" in capsys.readouterr().err


# ---- keys ------------------------------------------------------------------------------------------------------------


class Always:
    async def standing(self, account_id, session_id):
        return Standing(SessionState.NONE, 1)


async def test_a_token_of_either_key_is_good_while_keys_change(settings):
    """Checked by somebody who fetches keys as services do; at no moment is a fresh token refused."""
    signer = TokenSigner(made_on_first_use(settings), 15)
    replica = TokenSigner(made_on_first_use(settings), 15)

    async def published():
        return [account_pb2.SigningKey(kty="OKP", crv="Ed25519", kid=key.kid, x=key.x) for key in replica.public()]

    old = signer.access("a1", "s1")
    rotating = asyncio.ensure_future(rotate_signing(settings, published_seconds=1.2))
    signers = set()
    while not rotating.done():
        verifier = TokenVerifier(SigningKeys(published), Always())
        assert (await verifier.person(old)).account_id == "a1"
        assert (await verifier.person(signer.access("a2", "s2"))).account_id == "a2"
        await asyncio.sleep(0.05)
    signer._looked = replica._looked = 0.0
    verifier = TokenVerifier(SigningKeys(published), Always())
    for token in (old, signer.access("a3", "s3")):
        signers.add((await verifier.person(token)).account_id)
    assert signers == {"a1", "a3"}
    assert read_keys(made_on_first_use(settings))[-1].kid == await rotating


def test_signing_keys_are_retired_when_their_tokens_are_dead(settings, capsys):
    assert keys.rotate_signing(settings) == 0
    path = made_on_first_use(settings)
    newest = read_keys(path)[-1].kid
    asyncio.run(migrate("keys", key_url(settings)))
    assert keys.retire(settings) == 1
    assert "may live for another" in capsys.readouterr().out
    long_ago = time.time() - 17 * 60
    os.utime(path, (long_ago, long_ago))
    assert keys.retire(settings) == 0
    assert [key.kid for key in read_keys(path)] == [newest]
    assert keys.retire(settings) == 0
    assert path.stat().st_mode & 0o077 == 0


def test_data_keys_are_wrapped_anew_and_the_old_master_key_goes(settings, capsys):
    async def sealed():
        await migrate("keys", key_url(settings))
        engine = open_engine(key_url(settings))
        text = (await Keyring(engine, master_keys(settings)).cipher("kim")).seal(b"text", "t", "c", "r")
        await engine.dispose()
        return text

    async def opened(text):
        engine = open_engine(key_url(settings))
        cipher = await Keyring(engine, master_keys(settings)).existing("kim")
        await engine.dispose()
        return cipher.open(text, "t", "c", "r")

    text = asyncio.run(sealed())
    assert keys.rotate_master(settings) == 0
    said = capsys.readouterr().out
    assert "1 were wrapped anew" in said
    assert "first" in said
    assert keys.retire(settings) == 0
    assert "master keys taken out: first" in capsys.readouterr().out
    assert len(MasterKeys.read(settings.path("keys", "master.key")).ids) == 1
    assert asyncio.run(opened(text)) == b"text"


def test_keys_that_cannot_be_changed_are_one_line(settings, capsys):
    settings.path("keys", "master.key").write_bytes(b"no key")
    assert keys.rotate_master(settings) == 1
    said = capsys.readouterr().out
    assert said.startswith("medichain: ")
    assert said.count("\n") == 1
