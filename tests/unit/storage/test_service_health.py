"""A service's line says how it is; a database that is away stops nobody."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.engine import make_url

from services.storage.engine import open_engine
from services.storage.service_health import HealthRecorder
from services.storage.tables.directory import service_health


async def lines(engine) -> dict[str, str]:
    async with engine.connect() as connection:
        rows = await connection.execute(select(service_health))
        return {row.instance: row.status for row in rows}


async def test_one_line_an_instance(globe):
    one, two = HealthRecorder(globe, "drug", "host-1"), HealthRecorder(globe, "drug", "host-2")
    await one.write("healthy")
    await two.write("healthy")
    await one.write("unhealthy")
    await two.stopped()
    assert await lines(globe) == {"host-1": "unhealthy", "host-2": "maintenance"}


async def test_it_writes_at_once_and_then_again_and_again(globe, monkeypatch):
    monkeypatch.setattr("services.storage.service_health.EVERY_SECONDS", 0)
    recorder, written, thrice = HealthRecorder(globe, "drug", "host-1"), [], asyncio.Event()
    whole = recorder.write

    async def write(status):
        await whole(status)
        written.append((await lines(globe))["host-1"])
        recorder.becomes("unhealthy")
        if len(written) == 3:
            thrice.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(recorder, "write", write)
    running = asyncio.create_task(recorder.run())
    await asyncio.wait_for(thrice.wait(), 20)
    running.cancel()
    assert written == ["healthy", "unhealthy", "unhealthy"]


async def test_a_database_that_is_away_is_no_reason_to_stop(tmp_path, globe):
    engine = open_engine(make_url(f"sqlite+aiosqlite:///{tmp_path}/nowhere/global.sqlite3"))
    await HealthRecorder(engine, "drug", "host-1").write("healthy")
    await engine.dispose()
    assert await lines(globe) == {}
