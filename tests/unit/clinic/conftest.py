"""A reference database with the shipped sample in it."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.engine import make_url

from services.clinic.ingest import take_exports_in
from services.clinic.store import ClinicStore
from services.storage.engine import open_engine
from services.storage.migrate import migrate


@pytest.fixture
async def store(tmp_path: pathlib.Path) -> AsyncIterator[ClinicStore]:
    """An empty store."""
    url = make_url(f"sqlite+aiosqlite:///{tmp_path / 'reference.sqlite3'}")
    await migrate("reference", url)
    engine = open_engine(url)
    yield ClinicStore(engine)
    await engine.dispose()


@pytest.fixture
async def sample(store: ClinicStore) -> ClinicStore:
    """A store with the shipped sample."""
    async for _ in take_exports_in(store):
        pass
    return store
