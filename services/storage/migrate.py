"""Brings a database to the newest schema. Two processes that start at once wait for each other."""

from __future__ import annotations

import asyncio
import fcntl
import pathlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from services.mesh.settings import Settings
from services.storage.engine import key_url, open_engine, reference_url, shard_urls
from services.storage.types import MYSQL

MIGRATIONS = pathlib.Path(__file__).parent / "migrations"
LOCK_SECONDS = 60
COLLATION = "utf8mb4_bin"


def histories(settings: Settings) -> list[tuple[str, URL]]:
    """Every database of the deployment with the migration history it follows."""
    shards = [("shard", url) for url in shard_urls(settings)]
    return [("reference", reference_url(settings)), ("keys", key_url(settings)), *shards]


async def migrate_all(settings: Settings) -> None:
    for history, url in histories(settings):
        await migrate(history, url)


async def migrate(history: str, url: URL) -> None:
    """Upgrades one database along ``history`` ("reference", "shard" or "keys")."""
    async with _process_lock(url):
        engine = open_engine(url)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(_upgrade, history)
                await connection.commit()
        finally:
            await engine.dispose()


def _upgrade(connection: Connection, history: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / history))
    config.attributes["connection"] = connection
    with _server_lock(connection, history):
        _names_compare_as_written(connection)
        command.upgrade(config, "head")


@asynccontextmanager
async def _process_lock(url: URL) -> AsyncIterator[None]:
    """SQLite: a lock file beside the database, waited for in a thread. Servers have locks of their own."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    pathlib.Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    with open(f"{url.database}.migrate", "w") as lock:  # noqa: ASYNC230 (nothing is read or written)
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _server_lock(connection: Connection, history: str) -> Iterator[None]:
    """MySQL, MariaDB: a lock of the session, one for each database, whose name may have 64 letters."""
    if connection.dialect.name not in MYSQL:
        yield
        return
    name = f"medichain_migrate_{connection.engine.url.database}"[:64]
    if not connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": LOCK_SECONDS}):
        raise TimeoutError(f"another process has been migrating the {history} database for {LOCK_SECONDS} s")
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})


def _names_compare_as_written(connection: Connection) -> None:
    """Tables to come compare letters by their code points, as SQLite does. A server's own default takes "a" for "A",
    and Hangul syllables for others."""
    if connection.dialect.name not in MYSQL:
        return
    collation = connection.scalar(
        text("SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = DATABASE()")
    )
    if collation != COLLATION:
        connection.execute(text(f"ALTER DATABASE CHARACTER SET utf8mb4 COLLATE {COLLATION}"))


def migrate_now(settings: Settings) -> None:
    """:func:`migrate_all` for callers that have no event loop."""
    asyncio.run(migrate_all(settings))
