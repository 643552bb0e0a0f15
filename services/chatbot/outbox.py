"""Carries events from the outbox tables to the Redis stream. An event leaves the table only once the stream has it."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chatbot.shards import Shards
from services.mesh import telemetry
from services.storage.tables.shard import outbox

STREAM = "medichain:events"
STREAM_LENGTH = 100_000
BATCH = 200
IDLE_SECONDS, RETRY_SECONDS = 0.5, 2.0


class OutboxRelay:
    """Runs beside the service. An event may reach the stream twice, never not at all: consumers drop repeated ids."""

    def __init__(self, shards: Shards, redis: Redis) -> None:
        self._shards, self._redis = shards, redis

    async def run(self) -> None:
        """Relays until cancelled."""
        away = False
        while True:
            try:
                sent = sum([await self.relay(engine) for engine in self._shards])
                away, pause = False, 0.0 if sent else IDLE_SECONDS
            except (RedisError, OSError) as error:
                if not away:
                    telemetry.log().warning("event_stream_away", error_type=type(error).__name__)
                away, pause = True, RETRY_SECONDS
            await asyncio.sleep(pause)

    async def relay(self, engine: AsyncEngine) -> int:
        """Sends one batch of one shard; returns how many events went out."""
        async with engine.connect() as connection:
            rows = (
                await connection.execute(select(outbox.c.id, outbox.c.event).order_by(outbox.c.id).limit(BATCH))
            ).all()
        if not rows:
            return 0
        pipeline = self._redis.pipeline(transaction=False)
        for row in rows:
            pipeline.xadd(STREAM, {"id": row.id, "event": row.event}, maxlen=STREAM_LENGTH, approximate=True)
        await pipeline.execute()
        async with engine.begin() as connection:
            await connection.execute(delete(outbox).where(outbox.c.id.in_([row.id for row in rows])))
        return len(rows)
