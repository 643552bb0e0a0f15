"""Which provider a session wants for each role. Kept with the session's id alone, for as long as sessions live."""

from __future__ import annotations

from collections.abc import Mapping

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.mesh import telemetry
from services.mesh.errors import MeshError


class ProviderChoices:
    """Choices in Redis. While it is away a session has the deployment's providers, and nothing can be chosen."""

    def __init__(self, redis: Redis, seconds: int) -> None:
        self._redis, self._seconds = redis, seconds

    async def of(self, session_id: str) -> dict[str, str]:
        """Provider by role; empty without a session or a choice."""
        if not session_id:
            return {}
        try:
            found = await self._redis.hgetall(_key(session_id))  # type: ignore[misc]
        except (RedisError, OSError) as error:
            telemetry.log().info("choices_not_read", error_type=type(error).__name__)
            return {}
        return {bytes(role).decode(): bytes(name).decode() for role, name in found.items()}  # type: ignore[arg-type]

    async def choose(self, session_id: str, providers: Mapping[str, str]) -> None:
        """Replaces what was chosen; an empty choice goes back to the deployment's. Raises UNAVAILABLE."""
        try:
            async with self._redis.pipeline(transaction=True) as together:
                together.delete(_key(session_id))
                if providers:
                    together.hset(_key(session_id), mapping=dict(providers))  # type: ignore[arg-type]
                    together.expire(_key(session_id), self._seconds)
                await together.execute()
        except (RedisError, OSError):
            raise MeshError("UNAVAILABLE", retry_after=2) from None


def _key(session_id: str) -> str:
    return f"medichain:providers:{session_id}"
