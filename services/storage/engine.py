"""Engines: one per database, made by a service's composition root and disposed of when it stops."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.mesh.settings import Settings
from services.storage import slow_queries

POOL_MIN, POOL_MAX = 5, 20
# A database that does not answer is found out soon, before the calls that wait for it pile up.
POOL_SECONDS, CONNECT_SECONDS, LOCK_SECONDS = 2, 2, 5
# What every connection to a server agrees to. Reads see what is committed, and no gap between rows is ever locked. The
# isolation level is no part of the statement: its variable has another name on each of MySQL and MariaDB.
_ISOLATION = "READ COMMITTED"
_SESSION = f"SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}"
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "cache_size=-16000")


def global_url(settings: Settings) -> URL:
    """The directory: shards, who lives where, audit."""
    return _url(settings, settings.global_db_url, "global")


def reference_url(settings: Settings) -> URL:
    """Medicines, clinics, knowledge: public data, the same for everybody."""
    return _url(settings, settings.reference_db_url, "reference")


def key_url(settings: Settings) -> URL:
    """People's data keys, apart from everything else."""
    return _url(settings, settings.key_db_url, "keys")


def shard_urls(settings: Settings) -> list[URL]:
    """The shards a new directory begins with; one embedded shard unless more are configured."""
    given = [part.strip() for part in (settings.shard_db_urls or "").split(",") if part.strip()]
    return [make_url(part) for part in given] or [_url(settings, None, "shard_0")]


def _url(settings: Settings, given: str | None, embedded_name: str) -> URL:
    if given:
        return make_url(given)
    return make_url(f"sqlite+aiosqlite:///{settings.path('db', f'{embedded_name}.sqlite3')}")


def open_engine(url: URL, name: str = "") -> AsyncEngine:
    """An engine with a bounded pool; ``name`` is what logs and metrics call the database.

    SQLite runs in WAL mode, so that readers never wait for the writer, and what is committed is on the disk.
    """
    sizes: dict[str, Any] = {
        "pool_size": POOL_MIN,
        "max_overflow": POOL_MAX - POOL_MIN,
        "pool_timeout": POOL_SECONDS,
    }
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, **sizes)
        event.listen(engine.sync_engine, "connect", _sqlite_pragmas)
    else:
        engine = create_async_engine(
            url,
            **sizes,
            isolation_level=_ISOLATION,
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args=_server_arguments(url),
        )
    slow_queries.watch(engine, name or (url.database or "").rpartition("/")[2])
    return engine


def _server_arguments(url: URL) -> dict[str, Any]:
    arguments = {"charset": "utf8mb4", "connect_timeout": CONNECT_SECONDS, "init_command": _SESSION}
    return {key: value for key, value in arguments.items() if key not in url.query}


def _sqlite_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
