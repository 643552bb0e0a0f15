"""Stopping an answer that another replica writes: the wish goes round over Redis, the writer recognises its own."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.chatbot.running import Runs
from services.mesh import telemetry

CHANNEL = "medichain:stops"
RETRY_SECONDS = 2.0


class Stops:
    """Tells every replica which answers to stop, and hears it from the others."""

    def __init__(self, redis: Redis, runs: Runs) -> None:
        self._redis, self._runs = redis, runs

    async def stop(self, exchange_id: str) -> None:
        """Stops the answer here or wherever it is written. While Redis is away only here."""
        run = self._runs.get(exchange_id)
        if run:
            run.stop()
            return
        try:
            await self._redis.publish(CHANNEL, exchange_id)
        except (RedisError, OSError) as error:
            telemetry.log().warning("stop_not_passed_on", error_type=type(error).__name__)

    async def listen(self) -> None:
        """Stops what others ask to be stopped, until cancelled."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        self._heard(message)
            except (RedisError, OSError) as error:
                telemetry.log().info("stops_not_heard", error_type=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    def _heard(self, message: dict[str, object]) -> None:
        data = message.get("data")
        run = self._runs.get(data.decode()) if isinstance(data, bytes) else None
        if run:
            run.stop()
