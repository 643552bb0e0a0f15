"""How many of a model's tokens a person may use in a day. Whoever has used them up is answered from the sources."""

from __future__ import annotations

from datetime import UTC, datetime

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.mesh import telemetry

KEPT_SECONDS = 2 * 86_400


class Budget:
    """Counts by owner and day (UTC) in Redis. ``daily_tokens`` 0: no limit. While Redis is away nothing is counted."""

    def __init__(self, redis: Redis, daily_tokens: int) -> None:
        self._redis, self._daily = redis, daily_tokens

    async def left(self, owner: str) -> bool:
        """Whether the owner has tokens left today."""
        if not self._daily:
            return True
        try:
            return int(await self._redis.get(_key(owner)) or 0) < self._daily
        except (RedisError, OSError) as error:
            telemetry.log().warning("budget_not_read", error_type=type(error).__name__)
            return True

    async def spend(self, owner: str, tokens: int) -> None:
        """Adds what an answer took."""
        if not tokens:
            return
        try:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.incrby(_key(owner), tokens)
            pipeline.expire(_key(owner), KEPT_SECONDS)
            await pipeline.execute()
        except (RedisError, OSError) as error:
            telemetry.log().warning("budget_not_written", error_type=type(error).__name__)


def _key(owner: str) -> str:
    return f"medichain:tokens:{owner}:{datetime.now(UTC):%Y%m%d}"
