"""A shard's connections: a pool of its own, so that one that is slow or dead harms only those who live there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from services.storage.engine import CONNECT_SECONDS, POOL_SECONDS, open_engine
from services.storage.failures import Exhausted, Unreachable, typed
from services.storage.slow_queries import POOL_WAIT

# From asking for a connection to having one, and a whole unit of work on it.
ACQUIRE_SECONDS = max(POOL_SECONDS, CONNECT_SECONDS) + 0.5
WORK_SECONDS = 5.0
# A server that could not be reached is left alone for a moment: nobody waits for it in the meantime.
REST_SECONDS = 1.0


class Pool:
    """Connections to one database. Failures are MeshErrors: see :mod:`services.storage.failures`."""

    def __init__(self, url: URL, name: str) -> None:
        self.url, self.name = url, name
        self.engine = open_engine(url, name)
        self._rests_until = 0.0
        # SQLite has one writer; waiting here is fair, and cheaper than trying again and again.
        self._turn = asyncio.Lock() if url.get_backend_name() == "sqlite" else None

    @property
    def resting(self) -> bool:
        """True just after the database could not be reached."""
        return time.monotonic() < self._rests_until

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        async with typed(self.name, ACQUIRE_SECONDS + WORK_SECONDS), self._connected() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, undone when what runs inside raises."""
        turn = self._turn or nullcontext()
        async with typed(self.name, ACQUIRE_SECONDS + WORK_SECONDS), turn, self._connected() as connection:
            if self._turn:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            await connection.commit()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        if self.resting:
            raise Unreachable
        began = time.perf_counter()
        connection = self.engine.connect()
        try:
            async with typed(self.name, ACQUIRE_SECONDS):
                await connection.start()
        except Exhausted:
            raise
        except Unreachable:
            self._rests_until = time.monotonic() + REST_SECONDS
            raise
        POOL_WAIT.labels(self.name).observe(time.perf_counter() - began)
        try:
            yield connection
        finally:
            await _close(connection)


async def _close(connection: AsyncConnection) -> None:
    """Gives the connection back; one that cannot even be reset in time is thrown away by its pool."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.close()
