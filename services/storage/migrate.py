"""Brings databases to the newest schema. Two processes that start at once wait for each other.

The embedded default's own files are migrated by whoever starts. A database whose URL was given is migrated by
``medichain migrate`` alone, and services refuse to start on one that is behind.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import pathlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from services.mesh import telemetry
from services.mesh.settings import Settings
from services.storage.engine import global_url, key_url, open_engine, reference_url
from services.storage.places import seeds, url_of
from services.storage.tables.directory import shard_info

MIGRATIONS = pathlib.Path(__file__).parent / "migrations"
LOCK_SECONDS = 60
SHARD_SECONDS = 5  # a shard that has not answered by then is left for later
# Names and texts compare letter by letter, as they do on SQLite.
COLLATION = "utf8mb4_bin"
_LOCKS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class OldSchema(RuntimeError):
    """A database is behind the code that wants to use it."""


async def histories(settings: Settings) -> list[tuple[str, URL]]:
    """Every database of the deployment with the migration history it follows. The directory says which shards."""
    central = [
        ("global", global_url(settings)),
        ("keys", key_url(settings)),
        ("reference", reference_url(settings)),
    ]
    return [*central, *(("shard", url_of(place, settings)) for place in await _places(settings))]


async def migrate_all(settings: Settings) -> None:
    """Upgrades every database; on its first migration the directory takes the configured shards in."""
    await migrate("global", global_url(settings), settings)
    for history, url in (await histories(settings))[1:]:
        await migrate(history, url)


async def ensure(settings: Settings) -> None:
    """What a service does before it serves: its own files are migrated, given databases looked at.

    Raises OldSchema when one is behind. A shard that does not answer is left for later: its users wait, others do not.
    """
    for history, url, given in (
        ("global", global_url(settings), settings.global_db_url),
        ("keys", key_url(settings), settings.key_db_url),
        ("reference", reference_url(settings), settings.reference_db_url),
    ):
        await (check(history, url) if given else migrate(history, url, settings))
    for place in await _places(settings):
        if settings.global_db_url or settings.shard_db_urls:
            await _check_shard(place, settings)
        else:
            await migrate("shard", url_of(place, settings))


async def _check_shard(place: Mapping[str, Any], settings: Settings) -> None:
    try:
        async with asyncio.timeout(SHARD_SECONDS):
            await check("shard", url_of(place, settings))
    except (SQLAlchemyError, LookupError, TimeoutError) as problem:
        telemetry.log().warning("shard_unreachable", error_type=type(problem).__name__)


async def check(history: str, url: URL) -> None:
    """Raises OldSchema when the database is behind. One that is ahead is fine: it is migrated before its services."""
    scripts = ScriptDirectory(str(MIGRATIONS / history))
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    finally:
        await engine.dispose()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is None or (current in known and current != scripts.get_current_head()):
        raise OldSchema(f"the {history} database {url.database} has an old schema: run `medichain migrate`")


async def migrate(history: str, url: URL, settings: Settings | None = None) -> None:
    """Upgrades one database along ``history`` ("global", "keys", "reference" or "shard").

    With ``settings`` a directory that knows no shard takes the configured ones in.
    """
    async with _one_at_a_time(), _process_lock(url):
        engine = open_engine(url)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(_upgrade, history, settings)
                await connection.commit()
        finally:
            await engine.dispose()


def _upgrade(connection: Connection, history: str, settings: Settings | None) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / history))
    config.attributes["connection"] = connection
    with _server_lock(connection):
        _same_comparisons(connection)
        command.upgrade(config, "head")
        if history == "global" and settings is not None:
            _seed(connection, settings)
        connection.commit()


def _seed(connection: Connection, settings: Settings) -> None:
    if not connection.scalar(select(func.count()).select_from(shard_info)):
        for place in seeds(settings):
            connection.execute(insert(shard_info).values(place))


def _same_comparisons(connection: Connection) -> None:
    """Tables that are made from now on compare as SQLite's do, whatever the server's default."""
    if connection.dialect.name in ("mysql", "mariadb"):
        if connection.scalar(text("SELECT @@collation_database")) != COLLATION:
            connection.execute(text(f"ALTER DATABASE CHARACTER SET utf8mb4 COLLATE {COLLATION}"))
        connection.commit()


async def _places(settings: Settings) -> list[dict[str, Any]]:
    engine = open_engine(global_url(settings))
    try:
        async with engine.connect() as connection:
            rows = (await connection.execute(select(shard_info).order_by(shard_info.c.id))).all()
            return [row._asdict() for row in rows]
    finally:
        await engine.dispose()


def _one_at_a_time() -> asyncio.Lock:
    """This event loop's lock: Alembic knows one migration in a process at a time."""
    return _LOCKS.setdefault(asyncio.get_running_loop(), asyncio.Lock())


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
def _server_lock(connection: Connection) -> Iterator[None]:
    """A lock of the server's by the database's name, held by this connection through the commits in between."""
    if connection.dialect.name not in ("mysql", "mariadb"):
        yield
        return
    database = connection.engine.url.database or ""
    name: dict[str, Any] = {"name": f"medichain_{hashlib.sha256(database.encode()).hexdigest()[:40]}"}
    if not connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {**name, "seconds": LOCK_SECONDS}):
        raise TimeoutError(f"another process has been migrating the database {database} for {LOCK_SECONDS} s")
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), name)


def migrate_now(settings: Settings) -> list[tuple[str, URL]]:
    """:func:`migrate_all` for callers that have no event loop; returns what was migrated."""

    async def all_of_them() -> list[tuple[str, URL]]:
        await migrate_all(settings)
        return await histories(settings)

    return asyncio.run(all_of_them())
