"""What a serving process holds beside its services: Redis, sessions, limits, the security stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from services.mesh.host import Host
from services.mesh.identity import service_key
from services.mesh.limits import Limits
from services.mesh.settings import Settings
from services.storage.redis import EMBEDDED_PORT, open_redis
from services.storage.sessions import SessionRegister


@asynccontextmanager
async def opened(name: str, settings: Settings) -> AsyncIterator[Host]:
    """A host that judges people by the deployment's sessions; everything it holds is closed at the end.

    Nothing of it needs to answer yet: Redis and the account service are reached when first needed.
    """
    async with AsyncExitStack() as held:
        redis = open_redis(settings)
        held.push_async_callback(redis.aclose)
        limits = Limits(settings.redis_url or f"redis://127.0.0.1:{EMBEDDED_PORT}", _secret(settings))
        held.push_async_callback(limits.close)
        host = Host.named(name, settings, sessions=SessionRegister(redis), limiter=limits)
        held.push_async_callback(host.mesh.close)
        yield host


def _secret(settings: Settings) -> bytes:
    """What every process of the deployment knows and nobody else: keys the hashes of counted addresses."""
    return bytes(service_key(settings).as_pem(private=True))
