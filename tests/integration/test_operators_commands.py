"""Operators' commands against running services."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from services.cli import main, menus
from services.mesh import telemetry
from services.mesh.settings import Settings
from services.storage.engine import global_url, open_engine
from services.storage.tables.directory import audit_log
from tests.support.running import running_mesh

RUNNER = CliRunner()


@pytest.fixture
async def run(tmp_path, valkey_server, monkeypatch):
    """Runs a command line in a thread: (exit code, what it said)."""
    settings = Settings(data_dir=tmp_path, redis_url=valkey_server.url(), log_level="ERROR")
    for module in (menus, main):
        monkeypatch.setattr(module, "settings", lambda: settings)
    # The services share this process, and with it the stream that the commands are heard on.
    telemetry.configure(settings.log_level)

    async def command(line: str) -> tuple[int, str]:
        done = await asyncio.to_thread(RUNNER.invoke, main.app, line.split())
        return done.exit_code, done.output

    async with running_mesh(settings, ("account", "chatbot")):
        command.settings = settings
        yield command
    telemetry.configure(Settings().log_level)


async def test_an_operators_day(run):
    code, said = await run("demo-accounts 2")
    assert (code, said.split()[0]) == (0, "2")
    assert (await run("operators add test_user_0"))[0] == 0
    code, said = await run("shards add sqlite+aiosqlite:///db/more.sqlite3 --max-users 5")
    assert code == 0
    assert "db/more.sqlite3" in said
    code, said = await run("users move TEST_USER_1 --to 2")
    assert code == 0
    assert "on shard 2 has been moved" in said
    account_id = said.split()[1]
    assert (await run("shards drain 2"))[0] == 0
    code, said = await run("shards list")
    assert code == 0
    assert [line.split("│")[3].strip() for line in said.splitlines() if "sqlite3" in line] == ["1", "1"]
    for what in ("block", "unblock"):
        assert (await run(f"users {what} test_user_1 --reason something_happened"))[0] == 0
    code, said = await run(f"users show {account_id} --by-id --reason asked_by_the_person")
    assert code == 0
    assert "test_user_1" in said
    code, said = await run("audit list")
    assert code == 0
    written = [said.index(word) for word in ("first operator", "to shard 2", "unblock", "asked_by_the_person")]
    assert written == sorted(written)
    assert "test_user" not in said
    assert await run("audit verify") == (0, "5 lines, all as they were written\n")
    assert (await run("export feedback"))[0] == 0


async def test_refusals_are_one_line(run):
    assert (await run("demo-accounts 1"))[0] == 0
    for line in (
        "users block nobody --reason something_happened",
        "users block test_user_0 --reason why",
        "users move test_user_0 --to 7",
        "shards drain 7",
        "shards add mysql+aiomysql://u:secret@127.0.0.1/db",
    ):
        code, said = await run(line)
        assert code == 1
        assert said.startswith("medichain: ")
        assert said.count("\n") == 1
        assert "secret" not in said


async def test_an_altered_log_is_told(run):
    assert (await run("demo-accounts 1"))[0] == 0
    for _ in range(3):
        assert (await run("users show test_user_0 --reason asked_by_the_person"))[0] == 0
    engine = open_engine(global_url(run.settings))
    async with engine.begin() as connection:
        await connection.execute(update(audit_log).where(audit_log.c.number == 2).values(reason="nothing"))
    await engine.dispose()
    code, said = await run("audit verify")
    assert code == 1
    assert "altered" in said
