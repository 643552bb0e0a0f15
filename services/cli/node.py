"""What a serving process holds beside its services: Redis, sessions, limits, the security stream, lines of health."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from services.mesh.host import Host
from services.mesh.identity import service_key
from services.mesh.limits import Limits
from services.mesh.people import Security
from services.mesh.settings import Settings
from services.storage.cipher import Keyring
from services.storage.engine import global_url, key_url, open_engine
from services.storage.master_keys import master_keys
from services.storage.redis import EMBEDDED_PORT, open_redis
from services.storage.security_events import SecurityEvents
from services.storage.service_health import HealthRecorder
from services.storage.sessions import SessionRegister

# A database that is away does not keep a process from ending.
GOODBYE_SECONDS = 1.0


@asynccontextmanager
async def opened(name: str, settings: Settings) -> AsyncIterator[Host]:
    """A host that judges people by the deployment's sessions; everything it holds is closed at the end.

    Nothing of it needs to answer yet: Redis, the key database and the account service are reached when first needed.
    """
    async with AsyncExitStack() as held:
        redis, keys = open_redis(settings), open_engine(key_url(settings), "keys")
        limits = Limits(
            settings.redis_url or f"redis://127.0.0.1:{EMBEDDED_PORT}", _secret(settings), settings.block_injection
        )
        for close in (redis.aclose, keys.dispose, limits.close):
            held.push_async_callback(close)
        events = SecurityEvents(redis, Keyring(keys, master_keys(settings)))
        host = Host.named(
            name, settings, sessions=SessionRegister(redis), limiter=limits, security=_watchful(events, limits)
        )
        held.push_async_callback(host.mesh.close)
        yield host


@asynccontextmanager
async def recorded(settings: Settings, services: Mapping[str, int]) -> AsyncIterator[None]:
    """Writes down that these services are well, by name and port, and at the end that they were stopped."""
    engine = open_engine(global_url(settings), "global")
    recorders = [HealthRecorder(engine, name, f"{socket.gethostname()}:{port}") for name, port in services.items()]
    writing = [asyncio.create_task(recorder.run()) for recorder in recorders]
    try:
        yield
    finally:
        for task in writing:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*writing)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await asyncio.gather(*(recorder.stopped() for recorder in recorders))
        await engine.dispose()


def _secret(settings: Settings) -> bytes:
    """What every process of the deployment knows and nobody else: keys the hashes of counted addresses."""
    return bytes(service_key(settings).as_pem(private=True))


def _watchful(events: SecurityEvents, limits: Limits) -> Security:
    """Writes security events down; where the deployment wants it, what looks like an attack also blocks its address."""

    async def heard(kind: str, method: str, account: str = "", address: str = "") -> None:
        await events.record(kind, method, account, address)
        if kind == "injection_looking":
            await limits.block(address)

    return heard
