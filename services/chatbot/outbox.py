"""Carries events from the outbox tables to the Redis stream. An event leaves the table only once the stream has it."""

from __future__ import annotations

import asyncio
import secrets

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.storage.shards import ShardDirectory
from services.storage.tables.shard import outbox

STREAM = "medichain:events"
STREAM_LENGTH = 100_000
BATCH = 200
IDLE_SECONDS, RETRY_SECONDS = 0.5, 2.0
# How long a relay has a shard to itself after each batch. Two at once would do no harm but send everything twice.
TURN_MS = 5000


class OutboxRelay:
    """Runs beside the service, in every replica.

    An event may reach the stream twice, never not at all: consumers drop repeated ids.
    """

    def __init__(self, directory: ShardDirectory, redis: Redis) -> None:
        self._directory, self._redis = directory, redis
        self._name, self._away = secrets.token_hex(8), False

    async def run(self) -> None:
        """Relays until cancelled. A shard that is away does not hold up the others."""
        while True:
            sent, away = 0, False
            try:
                for shard_id in await self._directory.ids():
                    sent += await self._turn(shard_id)
            except (RedisError, OSError, MeshError, SQLAlchemyError) as error:
                self._say_away(error)
                away = True
            self._away = away
            await asyncio.sleep(RETRY_SECONDS if away else 0.0 if sent else IDLE_SECONDS)

    async def relay(self, shard_id: int) -> int:
        """Sends one batch of one shard; returns how many events went out."""
        wanted = select(outbox.c.id, outbox.c.event).order_by(outbox.c.id).limit(BATCH)
        async with self._directory.reading(shard_id) as connection:
            rows = (await connection.execute(wanted)).all()
        if not rows:
            return 0
        pipeline = self._redis.pipeline(transaction=False)
        for row in rows:
            pipeline.xadd(STREAM, {"id": row.id, "event": row.event}, maxlen=STREAM_LENGTH, approximate=True)
        await pipeline.execute()
        async with self._directory.writing(shard_id, "") as connection:
            await connection.execute(delete(outbox).where(outbox.c.id.in_([row.id for row in rows])))
        return len(rows)

    async def _turn(self, shard_id: int) -> int:
        try:
            return await self.relay(shard_id) if await self._ours(shard_id) else 0
        except (MeshError, SQLAlchemyError) as error:
            self._say_away(error)
            return 0

    async def _ours(self, shard_id: int) -> bool:
        """Whether it is this relay's turn at a shard: nobody's so far, or its own."""
        key = f"medichain:relay:{shard_id}"
        if await self._redis.set(key, self._name, nx=True, px=TURN_MS):
            return True
        holder = await self._redis.get(key)
        if holder != self._name.encode():
            return False
        await self._redis.pexpire(key, TURN_MS)
        return True

    def _say_away(self, error: Exception) -> None:
        if not self._away:
            telemetry.log().warning("event_stream_away", error_type=type(error).__name__)
        self._away = True
