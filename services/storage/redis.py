"""The way to Redis (or Valkey, its twin in the embedded default)."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

from services.mesh.settings import Settings

EMBEDDED_PORT = 50040


def open_redis(settings: Settings) -> Redis:
    """A client; it connects when first used. Close it with ``aclose()``.

    Nothing is tried twice by itself: callers know what to do without Redis, and a script whose answer was lost may have
    run. A connection that Redis has closed is noticed before it is used: for that, redis-py must not listen for notices
    of a hosted Redis' maintenance, which it takes for what is waiting on a closed connection.
    """
    url = settings.redis_url or f"redis://127.0.0.1:{EMBEDDED_PORT}"
    return Redis.from_url(
        url,
        socket_timeout=2,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
