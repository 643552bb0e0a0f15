"""What the tests of storage share: databases and Redis of either deployment."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mesh.settings import Settings
from services.storage.cipher import Keyring
from services.storage.engine import global_url, key_url, open_engine
from services.storage.master_keys import master_keys
from services.storage.migrate import migrate
from services.storage.redis import open_redis


@pytest.fixture
async def globe(deployment: Settings) -> AsyncIterator[AsyncEngine]:
    """The global database."""
    await migrate("global", global_url(deployment))
    engine = open_engine(global_url(deployment))
    yield engine
    await engine.dispose()


@pytest.fixture
async def keyring(deployment: Settings) -> AsyncIterator[Keyring]:
    await migrate("keys", key_url(deployment))
    engine = open_engine(key_url(deployment))
    yield Keyring(engine, master_keys(deployment))
    await engine.dispose()


@pytest.fixture
async def redis(deployment: Settings) -> AsyncIterator[Redis]:
    client = open_redis(deployment)
    yield client
    await client.aclose()


@pytest.fixture
async def no_redis(deployment: Settings) -> AsyncIterator[Redis]:
    """A client of a Redis that is not there."""
    client = open_redis(deployment.model_copy(update={"redis_url": "redis://127.0.0.1:1"}))
    yield client
    await client.aclose()
