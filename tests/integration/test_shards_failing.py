"""A shard dies, hangs, is full, read-only, out of connections, restarted: refusals are typed, and others go on."""

from __future__ import annotations

import asyncio
import pathlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest
import structlog
from sqlalchemy import func, insert, select, text
from sqlalchemy.engine import URL

from services.mesh.errors import MeshError
from services.mesh.settings import Settings
from services.storage import pools
from services.storage.clock import now
from services.storage.failures import Unreachable
from services.storage.migrate import OldSchema, ensure, migrate_all
from services.storage.shards import ShardDirectory
from services.storage.tables.shard import conversation, outbox
from tests.support.deployments import key_files, written
from tests.support.servers import MariaDb, running

HURT, WELL = 2, 1
SOON = pools.ACQUIRE_SECONDS + 1.0


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """The server of shard 2, which tests hurt and leave well."""
    with running(MariaDb(tmp_path_factory.mktemp("weak"))) as server:
        yield server


@pytest.fixture
def settings(tmp_path: pathlib.Path, weak: MariaDb, mariadb_url: Callable[[str], URL]) -> Iterator[Settings]:
    shards = [mariadb_url("shard"), weak.create("shard")]
    yield Settings(
        data_dir=tmp_path / "data",
        global_db_url=written(mariadb_url("global")),
        shard_db_urls=",".join(map(written, shards)),
        reference_db_url=written(mariadb_url("reference")),
        key_db_url=written(mariadb_url("keys")),
        **key_files(tmp_path / "operator"),
    )
    weak.drop(shards[1])


@pytest.fixture
async def directory(settings: Settings) -> AsyncIterator[ShardDirectory]:
    await migrate_all(settings)
    directory = ShardDirectory(settings)
    yield directory
    await directory.dispose()


def row(id: str) -> dict[str, object]:
    return {"id": id, "event": b"-", "created_at": now()}


async def write(directory: ShardDirectory, shard_id: int, id: str) -> None:
    async with directory.writing(shard_id, "") as connection:
        await connection.execute(insert(outbox).values(row(id)))


async def count(directory: ShardDirectory, shard_id: int) -> int:
    async with directory.reading(shard_id) as connection:
        return int(await connection.scalar(select(func.count()).select_from(outbox)) or 0)


async def refused_soon(directory: ShardDirectory, id: str = "refused") -> float:
    """Writes to the hurt shard; returns how long the refusal took, in seconds."""
    began = time.monotonic()
    with pytest.raises(MeshError, match="UNAVAILABLE") as refused:
        await write(directory, HURT, id)
    assert refused.value.retry_after
    return time.monotonic() - began


async def others_go_on(directory: ShardDirectory, calls: int = 30) -> None:
    """People of the other shard neither fail nor wait while as many as like ask the hurt one."""
    asking = [asyncio.create_task(refused_soon(directory, f"x{n}")) for n in range(calls)]
    await asyncio.sleep(0)
    began = time.monotonic()
    await asyncio.gather(*(write(directory, WELL, f"w{began}{n}") for n in range(calls)))
    took = time.monotonic() - began
    waited = await asyncio.gather(*asking)
    assert max(waited) < SOON
    assert took < SOON / 2


@contextmanager
def held(server: MariaDb) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.resume()


@contextmanager
def option(server: MariaDb, name: str, value: str, back: str) -> Iterator[None]:
    server.execute(f"SET GLOBAL {name} = {value}")
    try:
        yield
    finally:
        server.execute(f"SET GLOBAL {name} = {back}")


async def again(directory: ShardDirectory, id: str) -> None:
    """The shard answers again within the moment it is left alone for."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await write(directory, HURT, id)
            except Unreachable:
                await asyncio.sleep(0.1)


async def test_a_dead_shard(directory, weak):
    await write(directory, HURT, "before")
    weak.kill()
    try:
        await refused_soon(directory)
        assert await refused_soon(directory) < 0.1  # nobody waits for a server that was found dead a moment ago
        await others_go_on(directory)
    finally:
        weak.start()
    await again(directory, "after")
    assert await count(directory, HURT) == 2


async def test_a_shard_that_hangs(directory, weak):
    await write(directory, HURT, "before")
    with held(weak):
        await others_go_on(directory)
    await again(directory, "after")


async def test_a_shard_that_hangs_in_the_middle_of_a_transaction(directory, weak, monkeypatch):
    monkeypatch.setattr(pools, "WORK_SECONDS", 0.5)

    async def breaks_off() -> None:
        async with directory.writing(HURT, "") as connection:
            await connection.execute(insert(outbox).values(row("first")))
            weak.stop()
            while True:  # until the signal has reached every thread of the server
                await connection.execute(select(1))

    began = time.monotonic()
    try:
        with pytest.raises(MeshError, match="UNAVAILABLE"):
            await breaks_off()
    finally:
        weak.resume()
    assert time.monotonic() - began < SOON + 1
    await again(directory, "after")
    assert await count(directory, HURT) == 1


async def test_a_shard_restarted_in_the_middle_of_a_transaction(directory, weak):
    async def breaks_off() -> None:
        async with directory.writing(HURT, "") as connection:
            await connection.execute(insert(outbox).values(row("first")))
            weak.kill()
            weak.start()
            await connection.execute(insert(outbox).values(row("second")))

    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await breaks_off()
    await again(directory, "after")  # over connections that were open before the restart
    assert await count(directory, HURT) == 1


async def test_a_read_only_shard(directory, weak):
    with option(weak, "read_only", "1", "0"):
        await refused_soon(directory)
        assert await count(directory, HURT) == 0
    await write(directory, HURT, "after")


async def test_a_shard_out_of_connections(directory, weak):
    with option(weak, "max_connections", "10", "300"):
        engine = await directory.engine(HURT)
        taken = [await engine.connect() for _ in range(10)]  # the eleventh is the administrator's
        try:
            await refused_soon(directory)
            await others_go_on(directory, 5)
        finally:
            for connection in taken:
                await connection.close()
    await again(directory, "after")


async def test_a_full_pool_refuses_and_the_other_shards_pool_does_not(directory):
    engine = await directory.engine(HURT)
    taken = [await engine.connect() for _ in range(20)]
    try:
        assert await refused_soon(directory) > 1.5
        await write(directory, WELL, "meanwhile")
    finally:
        for connection in taken:
            await connection.close()
    await write(directory, HURT, "after")


async def test_a_shard_whose_tables_are_full(directory, weak):
    """What a full disk looks like to a client, as the server words it."""

    async def fills() -> None:
        async with directory.writing(HURT, "") as connection:
            await connection.execute(insert(outbox).values(row("first")))
            await connection.execute(text("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114"))

    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await fills()
    assert await count(directory, HURT) == 0


async def test_two_who_wait_for_each_other_are_told_to_begin_again(directory):
    async with directory.writing(HURT, "") as connection:
        for id in ("a", "b"):
            values = {"id": id, "owner": "anonymous:c", "created_at": now(), "updated_at": now()}
            await connection.execute(insert(conversation).values(values))
    both = asyncio.Barrier(2)

    async def locks(first: str, then: str) -> None:
        async with directory.writing(HURT, "") as connection:
            for id in (first, then):
                wanted = select(conversation.c.id).where(conversation.c.id == id).with_for_update()
                await connection.execute(wanted)
                if id == first:
                    await both.wait()

    done = await asyncio.gather(locks("a", "b"), locks("b", "a"), return_exceptions=True)
    refused = [one for one in done if one is not None]
    assert [one.reason.name for one in refused] == ["UNAVAILABLE"]
    assert refused[0].retry_after == 1


async def test_a_cancelled_call_gives_its_connection_back(directory):
    async def never_ends() -> None:
        async with directory.writing(HURT, "") as connection:
            await connection.execute(insert(outbox).values(row("cancelled")))
            await connection.execute(text("SELECT SLEEP(3)"))

    calls = [asyncio.create_task(never_ends()) for _ in range(40)]
    await asyncio.sleep(0.2)
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    await asyncio.gather(*(write(directory, HURT, f"after{n}") for n in range(20)))
    assert await count(directory, HURT) == 20


async def test_a_slow_statement_is_logged_by_its_table_alone(directory):
    with structlog.testing.capture_logs() as lines:
        async with directory.reading(WELL) as connection:
            slow = select(outbox.c.id, func.sleep(1.1)).select_from(outbox).where(outbox.c.id == "01SECRET")
            await connection.execute(insert(outbox).values(row("01SECRET")))
            await connection.execute(slow)
    found = [line for line in lines if line["event"] == "slow_query"]
    assert [(line["kind"], line["stage"]) for line in found] == [("select outbox", "shard 1")]
    assert found[0]["duration_ms"] > 1000
    assert "01SECRET" not in str(lines)


async def test_services_start_without_a_shard_and_not_on_an_old_schema(directory, settings, weak, mariadb_url):
    await ensure(settings)
    with held(weak):
        await ensure(settings)
    weak.kill()
    try:
        await ensure(settings)
    finally:
        weak.start()
    behind = settings.model_copy(update={"key_db_url": written(mariadb_url("keys"))})
    with pytest.raises(OldSchema, match="run `medichain migrate`"):
        await ensure(behind)
