"""Which shard holds a conversation, and the engines of all shards."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncEngine


class Shards:
    """The shards in the order they are configured. Anonymous conversations are placed by the hash of their id."""

    def __init__(self, engines: Sequence[AsyncEngine]) -> None:
        self._engines = list(engines)

    def of(self, conversation_id: str) -> AsyncEngine:
        return self._engines[zlib.crc32(conversation_id.encode()) % len(self._engines)]

    def __iter__(self) -> Iterator[AsyncEngine]:
        return iter(self._engines)

    async def dispose(self) -> None:
        for engine in self._engines:
            await engine.dispose()
