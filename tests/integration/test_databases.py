"""Real servers: they come back with what they acknowledged, and every history runs on MariaDB as on SQLite."""

from __future__ import annotations

import asyncio
import importlib
import pathlib
import sys
from collections.abc import Callable
from datetime import datetime

import pymysql
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import Column, Integer, MetaData, String, Table, delete, insert, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError

from services.account.tokens import made_on_first_use
from services.mesh.identity import service_key
from services.mesh.settings import Settings
from services.storage.engine import key_url, open_engine, reference_url, shard_urls
from services.storage.master_keys import master_keys
from services.storage.migrate import MIGRATIONS, migrate
from services.storage.redis import open_redis
from services.storage.types import Blob, Digest, Moment, Prose, Real
from tests.support import servers
from tests.support.deployments import written
from tests.support.servers import MariaDb, RedisServer, Server, ServerFailed, running

HISTORIES = sorted(path.parent.name for path in MIGRATIONS.glob("*/env.py"))
MODULES = {"global": "directory"}
MIGRATE = "import asyncio, sys; from sqlalchemy.engine import make_url; from services.storage.migrate import migrate; "
MIGRATE += "asyncio.run(migrate(sys.argv[1], make_url(sys.argv[2])))"


# ---- migrations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("history", HISTORIES)
async def test_two_processes_that_migrate_at_once_give_the_tables_the_code_uses(
    history: str, mariadb: MariaDb, mariadb_url: Callable[[str], URL]
) -> None:
    url = mariadb_url(history)
    command = (sys.executable, "-c", MIGRATE, history, written(url))
    processes = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]
    assert [await process.wait() for process in processes] == [0, 0]
    assert await differences(history, url) == []
    tables = f"FROM information_schema.tables WHERE table_schema = '{url.database}'"
    assert mariadb.execute(f"SELECT DISTINCT table_collation, engine {tables}") == [("utf8mb4_bin", "InnoDB")]


async def differences(history: str, url: URL) -> list[object]:
    metadata = importlib.import_module(f"services.storage.tables.{MODULES.get(history, history)}").metadata
    engine = open_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: compare_metadata(MigrationContext.configure(sync), metadata))
    await engine.dispose()
    return list(found)


@pytest.mark.parametrize("history", HISTORIES)
async def test_migrating_again_changes_nothing(history: str, mariadb_url: Callable[[str], URL]) -> None:
    url = mariadb_url(history)
    await migrate(history, url)
    await migrate(history, url)
    assert await differences(history, url) == []


# ---- column types ----------------------------------------------------------------------------------------------------

metadata = MetaData()
sample = Table(
    "sample",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("moment", Moment()),
    Column("small", Blob(200)),
    Column("large", Blob(1 << 20)),
    Column("digest", Digest(32), unique=True),
    Column("prose", Prose()),
    Column("real", Real()),
    Column("name", String(10)),
)
VALUES = {
    "moment": datetime(2026, 11, 20, 8, 55, 1, 999999),
    "small": bytes(range(200)),
    "large": bytes(range(256)) * 4096,
    "digest": bytes(range(224, 256)),
    "prose": "가나다" * 30000,
    "real": 127.02761234567891,
    "name": "💊é가",
}


@pytest.fixture
async def engines(empty_deployment: Settings):
    """The reference database of a empty_deployment, with one table of every type."""
    engine = open_engine(reference_url(empty_deployment))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("column", VALUES)
async def test_a_value_comes_back_as_it_went(engines, column: str) -> None:
    async with engines.begin() as connection:
        await connection.execute(insert(sample), {"id": 1, column: VALUES[column]})
        back = await connection.scalar(select(sample.c[column]))
        found = await connection.scalar(select(sample.c.id).where(sample.c[column] == VALUES[column]))
    assert back == VALUES[column]
    assert type(back) is type(VALUES[column])
    assert found == 1


@pytest.mark.parametrize(("column", "value"), [("name", "가" * 11), ("digest", bytes(33)), ("small", bytes(256))])
async def test_a_server_refuses_what_does_not_fit(
    mariadb_url: Callable[[str], URL], column: str, value: object
) -> None:
    engine = open_engine(mariadb_url("types"))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        with pytest.raises(DataError):
            await connection.execute(insert(sample), {"id": 1, column: value})
    await engine.dispose()


# ---- deployments -----------------------------------------------------------------------------------------------------


async def test_a_deployment_has_a_database_for_everything(empty_deployment: Settings) -> None:
    urls = [reference_url(empty_deployment), key_url(empty_deployment), *shard_urls(empty_deployment)]
    assert len({url.database for url in urls}) == len(urls)
    assert len(urls) == (3 if empty_deployment.embedded else 4)
    redis = open_redis(empty_deployment)
    assert await redis.dbsize() == 0
    assert await redis.set("a", "1")
    await redis.aclose()
    assert empty_deployment.lacks == "" or empty_deployment.embedded
    service_key(empty_deployment)
    master_keys(empty_deployment)
    made_on_first_use(empty_deployment)
    of_its_own = sorted(path.name for path in (empty_deployment.data_dir / "keys").glob("*"))
    assert of_its_own == (["master.key", "service.pem", "signing.json"] if empty_deployment.embedded else [])


async def test_every_test_finds_an_empty_redis(redis_server: RedisServer) -> None:
    with Redis.from_url(redis_server.url()) as first, Redis.from_url(redis_server.url()) as second:
        first.set("a", "1")
        assert second.dbsize() == 0


async def test_a_database_is_gone_after_its_test(mariadb: MariaDb) -> None:
    url = mariadb.create("Named: like a TEST!")
    assert url.database is not None
    assert url.database.startswith("medichain_named__like_a_test__")
    mariadb.drop(url)
    assert (url.database,) not in mariadb.execute("SHOW DATABASES")


# ---- faults ----------------------------------------------------------------------------------------------------------


async def test_a_killed_mariadb_comes_back_with_what_it_acknowledged(tmp_path: pathlib.Path) -> None:
    with running(MariaDb(tmp_path / "mariadb")) as server:
        engine = open_engine(server.create("kept"))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.execute(insert(sample), {"id": 1})
        async with engine.connect() as connection:
            await connection.execute(delete(sample))
            server.kill()
            with pytest.raises(pymysql.err.OperationalError):
                server.execute("SELECT 1")
            await connection.invalidate()
        server.start()
        async with engine.connect() as connection:
            assert (await connection.scalars(select(sample.c.id))).all() == [1]
        await engine.dispose()


async def test_a_stopped_mariadb_answers_when_it_goes_on(tmp_path: pathlib.Path) -> None:
    with running(MariaDb(tmp_path / "mariadb")) as server:
        server.stop()
        asked = asyncio.create_task(asyncio.to_thread(server.execute, "SELECT 1"))
        done, _ = await asyncio.wait({asked}, timeout=0.3)
        assert not done
        server.resume()
        assert await asked == [(1,)]
        server.stop()


@pytest.mark.parametrize("persist", [True, False])
def test_a_killed_redis_comes_back_with_what_it_was_told_to_keep(tmp_path: pathlib.Path, persist: bool) -> None:
    with running(RedisServer(tmp_path, persist=persist)) as server:
        url = server.url()
        with Redis.from_url(url) as client:
            client.set("a", "1")
        server.kill()
        with Redis.from_url(url) as client, pytest.raises(RedisAway):
            client.ping()
        server.start()
        with Redis.from_url(url) as client:
            assert client.get("a") == (b"1" if persist else None)


@pytest.mark.parametrize("kind", [MariaDb, RedisServer])
def test_a_server_whose_port_is_taken_says_so(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, kind: Callable[[pathlib.Path], Server]
) -> None:
    with running(RedisServer(tmp_path / "first")) as first:
        monkeypatch.setattr(servers, "free_port", lambda: first.port)
        with pytest.raises(ServerFailed, match=r"(?i)address already in use"), running(kind(tmp_path / "second")):
            pass
