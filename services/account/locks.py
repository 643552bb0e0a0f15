"""Failed logins: five within 15 minutes lock for 30.

Failures are counted for a name, whether an account has it or not, so that a lock tells nothing about that. A place the
person has logged in from before has a counter of its own: strangers who fail lock strangers out, and the person still
gets in from home. What comes while a lock holds is not counted, so no lock is prolonged.

One Redis key holds a counter and, from the fifth failure on, the lock. While Redis does not answer nobody can log in
anyway (sessions live there), so there is nothing to count: the caller hears UNAVAILABLE, with the right password and
with a wrong one.
"""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.mesh.errors import MeshError

FAILURES, WITHIN_SECONDS, LOCK_SECONDS = 5, 15 * 60, 30 * 60
KEY = "medichain:failures:"

_STANDING = """
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then return 0 end
return redis.call('PTTL', KEYS[1])
"""
_FAILED = """
local failures = tonumber(redis.call('GET', KEYS[1]) or '0')
if failures >= tonumber(ARGV[1]) then return 0 end
failures = redis.call('INCR', KEYS[1])
if failures == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if failures < tonumber(ARGV[1]) then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_PASSED = """
if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1]) then return redis.call('PTTL', KEYS[1]) end
redis.call('DEL', KEYS[1])
return 0
"""


class Locks:
    """Counters of failures. Raises UNAVAILABLE when they cannot be read."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._standing = redis.register_script(_STANDING)
        self._failed = redis.register_script(_FAILED)
        self._passed = redis.register_script(_PASSED)

    async def check(self, counter: str) -> None:
        """Raises LOCKED, with the time that is left, while the counter's lock holds."""
        _refuse(await self._run(self._standing, counter, FAILURES))

    async def failed(self, counter: str) -> bool:
        """Counts a failure. True when it was the one that locks."""
        return bool(await self._run(self._failed, counter, FAILURES, WITHIN_SECONDS * 1000, LOCK_SECONDS * 1000))

    async def passed(self, counter: str) -> None:
        """Forgets the failures. Raises LOCKED when others, made at the same time, have locked meanwhile."""
        _refuse(await self._run(self._passed, counter, FAILURES))

    async def forget(self, counter: str) -> None:
        """Takes a counter and its lock away."""
        try:
            await self._redis.delete(KEY + counter)
        except (RedisError, OSError) as away:
            raise MeshError("UNAVAILABLE", retry_after=2) from away

    async def _run(self, script: object, counter: str, *arguments: int) -> int:
        try:
            return int(await script(keys=[KEY + counter], args=list(arguments)))  # type: ignore[operator]
        except (RedisError, OSError) as away:
            raise MeshError("UNAVAILABLE", retry_after=2) from away


def counter_of(login_hash: bytes, place: bytes = b"") -> str:
    """The counter of a name, at one place when the person is known there."""
    return f"{login_hash.hex()}:{place.hex()}" if place else login_hash.hex()


def confirmation_of(account_id: str) -> str:
    """The counter of passwords that a signed-in person is asked for once more."""
    return f"again:{account_id}"


def _refuse(milliseconds: int) -> None:
    if milliseconds > 0:
        raise MeshError("LOCKED", retry_after=milliseconds / 1000)
