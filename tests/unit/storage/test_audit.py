"""The audit log keeps every line in its place, and shows when one was touched."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete, update
from sqlalchemy.engine import make_url

from services.mesh.errors import MeshError
from services.storage.audit import AuditLog
from services.storage.engine import open_engine
from services.storage.tables.directory import audit_log


@pytest.fixture
def log(globe):
    return AuditLog(globe)


async def written(log: AuditLog, lines: int) -> None:
    for number in range(1, lines + 1):
        assert await log.append("op", "inspect", f"u{number}", "문의 확인") == number


async def test_lines_are_numbered_and_verified(log):
    assert await log.verified() is None
    await written(log, 5)
    assert await log.verified() is None
    assert [entry.subject for entry in await log.page(after=2, size=2)] == ["u3", "u4"]
    assert (await log.page())[0].reason == "문의 확인"


async def test_twenty_at_once_make_one_chain(globe):
    logs = [AuditLog(globe) for _ in range(20)]
    numbers = await asyncio.gather(*(log.append("op", "inspect", f"u{n}", "") for n, log in enumerate(logs)))
    assert sorted(numbers) == list(range(1, 21))
    assert await logs[0].verified() is None


@pytest.mark.parametrize("column", ["operator", "action", "subject", "reason", "hash"])
async def test_a_changed_line_is_seen(log, globe, column):
    await written(log, 4)
    async with globe.begin() as connection:
        await connection.execute(update(audit_log).where(audit_log.c.number == 2).values({column: "x"}))
    assert await log.verified() == 2


async def test_a_line_taken_out_is_seen(log, globe):
    await written(log, 4)
    async with globe.begin() as connection:
        await connection.execute(delete(audit_log).where(audit_log.c.number == 3))
    assert await log.verified() == 3


async def test_a_line_made_up_anew_is_seen_at_the_next(log, globe):
    await written(log, 3)
    async with globe.begin() as connection:
        await connection.execute(delete(audit_log).where(audit_log.c.number > 1))
    await log.append("op", "inspect", "somebody else", "")
    kept = (await log.page())[-1]
    async with globe.begin() as connection:
        await connection.execute(update(audit_log).where(audit_log.c.number == 1).values(hash="0" * 64))
    assert kept.number == 2
    assert await log.verified() == 1


async def test_long_lines_are_cut_and_nothing_is_lost(log):
    await log.append("o" * 200, "a" * 200, "s" * 200, "가" * 900)
    entry = (await log.page())[0]
    assert (len(entry.operator), len(entry.action), len(entry.subject), len(entry.reason)) == (80, 40, 64, 500)
    assert await log.verified() is None


async def test_without_the_global_database_nothing_is_taken_as_written(tmp_path, globe):
    engine = open_engine(make_url(f"sqlite+aiosqlite:///{tmp_path}/nowhere/global.sqlite3"))
    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await AuditLog(engine).append("op", "inspect", "u", "")
    await engine.dispose()
    assert await AuditLog(globe).page() == []
