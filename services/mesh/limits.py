"""How often an address and an account may call a method, counted for the whole deployment in Redis.

The numbers stand in the contracts (``medichain.mesh.v1.Limit``): calls in a minute that begins with the first of them.
A call costs the time of one round trip, since its counters are raised at once. While Redis is away every process counts
for itself. Addresses are kept as keyed hashes only.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from hashlib import blake2b

from limits import RateLimitItemPerDay, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

from services.mesh import telemetry
from services.mesh.breaker import Breaker
from services.mesh.policy import Policy

PREFIX = "medichain:limit"
MOST_CONNECTIONS = 32
REDIS_SECONDS = 0.25
# Counters a process keeps by itself while Redis is away; when there are more, counting begins anew.
MOST_LOCAL = 10_000

# One "call" a day: an address that has made it is blocked.
BLOCKED = RateLimitItemPerDay(1, namespace="blocked")

# A limit, and what it is counted for.
Hit = tuple[RateLimitItemPerMinute, str, str]


class Limits:
    """Counts calls. ``secret`` keys the hashes of addresses; every process of a deployment has the same.

    ``blocking``: addresses may be blocked for a day (:meth:`block`); without it nothing is asked about that.
    """

    def __init__(self, redis_url: str, secret: bytes, blocking: bool = False) -> None:
        self._blocking = blocking
        self._pool = BlockingConnectionPool.from_url(
            redis_url, max_connections=MOST_CONNECTIONS, timeout=REDIS_SECONDS,
            socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS,
        )  # fmt: skip
        shared = RedisStorage(redis_url, implementation="redispy", key_prefix=PREFIX, connection_pool=self._pool)  # type: ignore[arg-type]
        self._shared = FixedWindowRateLimiter(shared)
        self._memory = MemoryStorage()
        self._breaker = Breaker(threshold=1, rest=1.0)
        self._secret = blake2b(secret, digest_size=32).digest()

    async def wait(self, policy: Policy, address: str, account: str) -> float | None:
        """Counts a call; the seconds to wait when it is one too many, else None. Never raises."""
        blocked = await self._blocked(address) if self._blocking and address else None
        if blocked:
            return blocked
        hits = self._hits(policy, address, account)
        if not hits:
            return None
        if self._breaker.admits():
            try:
                async with asyncio.timeout(REDIS_SECONDS):
                    seconds = await _counted(self._shared, hits)
            except (RedisError, OSError, TimeoutError) as away:
                self._away(away)
            else:
                self._back()
                return seconds
        return await self._wait_locally(hits)

    async def block(self, address: str) -> None:
        """Blocks an address for 24 hours; does nothing while Redis is away, or where nobody is blocked."""
        if self._blocking and address:
            try:
                await self._shared.hit(BLOCKED, self._hash(network_of(address)))
            except (RedisError, OSError) as away:
                self._away(away)

    async def _blocked(self, address: str) -> float | None:
        """The seconds an address is still blocked for, or None."""
        place = self._hash(network_of(address))
        try:
            if await self._shared.test(BLOCKED, place):
                return None
            return max(1.0, (await self._shared.get_window_stats(BLOCKED, place)).reset_time - time.time())
        except (RedisError, OSError) as away:
            self._away(away)
            return None

    async def close(self) -> None:
        await self._pool.disconnect()

    async def _wait_locally(self, hits: list[Hit]) -> float | None:
        if len(self._memory.storage) > MOST_LOCAL:
            self._memory = MemoryStorage()
        return await _counted(FixedWindowRateLimiter(self._memory), hits)

    def _hits(self, policy: Policy, address: str, account: str) -> list[Hit]:
        hits = []
        if policy.per_address and address:
            item = RateLimitItemPerMinute(policy.per_address, namespace="address")
            hits.append((item, policy.path, self._hash(network_of(address))))
        if policy.per_account and account:
            item = RateLimitItemPerMinute(policy.per_account, namespace="account")
            hits.append((item, policy.path, account))
        return hits

    def _hash(self, address: str) -> str:
        return blake2b(address.encode(), key=self._secret, digest_size=16).hexdigest()

    def _away(self, problem: Exception) -> None:
        if not self._breaker.open:
            telemetry.log().warning("limits_counted_locally", error_type=type(problem).__name__)
        self._breaker.failed()
        telemetry.LIMITS_LOCAL.set(1)

    def _back(self) -> None:
        if self._breaker.open:
            telemetry.log().info("limits_counted_in_redis")
        self._breaker.succeeded()
        telemetry.LIMITS_LOCAL.set(0)


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber has to choose from."""
    found = ipaddress.ip_address(address)
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False).network_address)


async def _counted(limiter: FixedWindowRateLimiter, hits: list[Hit]) -> float | None:
    """Counts a call for every limit at once; the seconds until the refusing ones begin anew, None when none refuses."""
    granted = await asyncio.gather(*(limiter.hit(*hit) for hit in hits))
    refusing = [hit for hit, free in zip(hits, granted, strict=True) if not free]
    if not refusing:
        return None
    windows = await asyncio.gather(*(limiter.get_window_stats(*hit) for hit in refusing))
    return max(1.0, *(window.reset_time - time.time() for window in windows))
