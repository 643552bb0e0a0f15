"""What all tests share: data prepared once for the tests that need the whole sample."""

from __future__ import annotations

import asyncio
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator

import pytest
from filelock import FileLock
from sqlalchemy.engine import URL

from services.mesh.settings import Settings
from tests.support.deployments import MigratedServer, embedded, migrated_files, on_servers, with_files
from tests.support.running import running_mesh
from tests.support.servers import MariaDb, RedisServer, running, valkey_program

# No test waits for a model hub: what is not on this machine is not there.
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A data directory with the sample taken in and indexed; made by the first worker that needs it."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # one folder for all workers of this run
        root = root.parent
    made = root / "prepared"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            scratch = root / "prepared.new"
            shutil.rmtree(scratch, ignore_errors=True)
            asyncio.run(_prepare(scratch))
            scratch.rename(made)
    return made


@pytest.fixture
def sample(prepared: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of the prepared data directory for one test."""
    return pathlib.Path(shutil.copytree(prepared, tmp_path / "data", symlinks=True))


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """This worker's MariaDB. A test that hurts its server starts one of its own, below its ``tmp_path``."""
    with running(MariaDb(tmp_path_factory.mktemp("mariadb"))) as server:
        yield server


@pytest.fixture
def mariadb_url(mariadb: MariaDb) -> Iterator[Callable[[str], URL]]:
    """Makes fresh, empty databases: name → URL. They are dropped after the test."""
    made: list[URL] = []

    def fresh(name: str) -> URL:
        made.append(mariadb.create(name))
        return made[-1]

    yield fresh
    for url in made:
        mariadb.drop(url)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """This worker's Redis; the same is true of it."""
    with running(RedisServer(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """This worker's Valkey, the program of the embedded default."""
    with running(RedisServer(tmp_path_factory.mktemp("valkey"), valkey_program())) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """An empty database of a real Redis."""
    return redis_server.url()


@pytest.fixture(scope="session")
def migrated_server(mariadb: MariaDb) -> MigratedServer:
    return MigratedServer(mariadb)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return migrated_files(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(params=["embedded", "servers"])
def deployment(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Settings:
    """Settings of both kinds of deployment, one after the other: SQLite files and Valkey; MariaDB and Redis.

    The databases have their tables and no row; ``migrate_all`` lets the directory take the shards in.
    """
    if request.param == "embedded":
        settings = embedded(tmp_path, request.getfixturevalue("valkey_server").url())
        return with_files(settings, request.getfixturevalue("migrated"))
    server: MigratedServer = request.getfixturevalue("migrated_server")
    server.empty()
    return on_servers(tmp_path, server.database, request.getfixturevalue("redis_url"))


@pytest.fixture(params=["embedded", "servers"])
def empty_deployment(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Settings:
    """The same with databases that have no tables: ``migrate_all`` brings them to the newest schema."""
    if request.param == "embedded":
        return embedded(tmp_path, request.getfixturevalue("valkey_server").url())
    return on_servers(tmp_path, request.getfixturevalue("mariadb_url"), request.getfixturevalue("redis_url"))


async def _prepare(data_dir: pathlib.Path) -> None:
    async with running_mesh(data_dir):
        pass
