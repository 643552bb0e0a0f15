"""A reference database, empty and with the shipped emergency rooms."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.engine import make_url

from services.emergency_support.ingest import take_exports_in
from services.emergency_support.store import RoomStore
from services.storage.engine import open_engine
from services.storage.migrate import migrate


@pytest.fixture
async def store(tmp_path: pathlib.Path) -> AsyncIterator[RoomStore]:
    """An empty store."""
    url = make_url(f"sqlite+aiosqlite:///{tmp_path / 'reference.sqlite3'}")
    await migrate("reference", url)
    engine = open_engine(url)
    yield RoomStore(engine)
    await engine.dispose()


@pytest.fixture
async def sample(store: RoomStore) -> RoomStore:
    """A store with the shipped sample."""
    async for _ in take_exports_in(store):
        pass
    return store
