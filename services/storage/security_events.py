"""Security events: what an operator may want to look at, on a stream of its own, without names, addresses or texts."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError
from ulid import ULID

from medichain.events.v1 import events_pb2
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.storage.cipher import Keyring

STREAM, KEPT = "medichain:security", 100_000

RAISED = Counter("medichain_security_events_total", "Security events", ["kind", "method"])


class SecurityEvents:
    """Writes events; never raises: what is being refused or let through does not depend on them."""

    def __init__(self, redis: Redis, keyring: Keyring) -> None:
        self._redis, self._keyring = redis, keyring

    async def record(self, kind: str, method: str, account: str = "", address: str = "") -> None:
        """``kind`` as in medichain.events.v1.SecurityRaised; of the address only a keyed hash is written."""
        RAISED.labels(kind, method).inc()
        telemetry.log().warning("security_event", kind=kind, method=method)
        try:
            place = (await self._keyring.lookup_hash("place", address)).hex() if address else ""
            event = events_pb2.Envelope(
                id=str(ULID()),
                occurred_at=datetime.now(UTC).isoformat(),
                security_raised=events_pb2.SecurityRaised(kind=kind, account=account, place=place, method=method),
            )
            await self._redis.xadd(STREAM, {"event": event.SerializeToString()}, maxlen=KEPT, approximate=True)
        except (RedisError, OSError, MeshError) as problem:
            telemetry.log().warning("security_event_not_kept", error_type=type(problem).__name__)
