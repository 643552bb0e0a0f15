"""Engines: one per database, made by a service's composition root and disposed of when it stops."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.mesh.settings import Settings

POOL_MIN, POOL_MAX = 5, 20


def reference_url(settings: Settings) -> URL:
    """Medicines, clinics, knowledge: public data, the same for everybody."""
    return _url(settings, settings.reference_db_url, "reference")


def key_url(settings: Settings) -> URL:
    """People's data keys, apart from everything else."""
    return _url(settings, settings.key_db_url, "keys")


def shard_urls(settings: Settings) -> list[URL]:
    """Where people's records live; one embedded shard unless more are configured."""
    given = [part.strip() for part in (settings.shard_db_urls or "").split(",") if part.strip()]
    return [make_url(part) for part in given] or [_url(settings, None, "shard_0")]


def _url(settings: Settings, given: str | None, embedded_name: str) -> URL:
    if given:
        return make_url(given)
    return make_url(f"sqlite+aiosqlite:///{settings.path('db', f'{embedded_name}.sqlite3')}")


def open_engine(url: URL) -> AsyncEngine:
    """An engine with a bounded pool. SQLite runs in WAL mode, so that readers never wait for the writer."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, pool_size=POOL_MIN, max_overflow=POOL_MAX - POOL_MIN)
        event.listen(engine.sync_engine, "connect", _sqlite_pragmas)
        return engine
    return create_async_engine(
        url, pool_size=POOL_MIN, max_overflow=POOL_MAX - POOL_MIN, pool_pre_ping=True, pool_recycle=1800
    )


def _sqlite_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
