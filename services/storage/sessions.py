"""Living sessions, in Redis: what a bearer token's session says, and whether it still counts.

A session is one hash. It lives for as long as Redis keeps it: Redis' own expiry is the only clock. A session that ended
leaves a tombstone that says why, for as long as an access token of it could still be shown. Every change of one session
is one script, so that of two at once each sees the other's work whole.

The refresh token of a session is kept as its SHA-256. One that was exchanged is remembered: whoever shows it again,
thief or robbed, ends the session.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.mesh.errors import MeshError
from services.mesh.people import Role, SessionState, Standing

SESSION, OF_ACCOUNT = "medichain:session:", "medichain:sessions:"
TOMBSTONE_SECONDS = 16 * 60  # an access token's life and a minute for clocks that differ
RETRY_SECONDS = 2
MOST_REFRESHES = 4000  # of one session; a client that refreshes every five minutes for 14 days needs as many

Outcome = Literal["rotated", "reused", "ended", "unknown"]

_ENDING = """
local function finish(key, state, milliseconds)
  local account = redis.call('HGET', key, 'account')
  redis.call('DEL', key)
  redis.call('HSET', key, 'account', account, 'state', state)
  redis.call('PEXPIRE', key, milliseconds)
  return account
end
"""
_END = (
    _ENDING
    + """
if redis.call('HGET', KEYS[1], 'state') ~= '1' then return false end
return finish(KEYS[1], ARGV[1], ARGV[2])
"""
)
_ROTATE = (
    _ENDING
    + """
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return {'unknown'} end
if state ~= '1' then return {'ended', state} end
local found = redis.call('HMGET', KEYS[1], 'refresh', 'account', 'shard', 'role', 'login')
if found[1] == ARGV[1] and redis.call('HLEN', KEYS[1]) < tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[1], 'refresh', ARGV[2], 'used:' .. ARGV[1], '1')
  redis.call('EXPIRE', KEYS[1], ARGV[5])
  return {'rotated', '1', found[2], found[3], found[4], found[5]}
end
if found[1] == ARGV[1] or redis.call('HEXISTS', KEYS[1], 'used:' .. ARGV[1]) == 1 then
  local outcome = found[1] == ARGV[1] and 'ended' or 'reused'
  finish(KEYS[1], '2', ARGV[3])
  return {outcome, '2', found[2], found[3], found[4], found[5]}
end
return {'unknown'}
"""
)
_SET = """
if redis.call('HGET', KEYS[1], 'state') ~= '1' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session to start. ``login`` is the person's login name, sealed; ``refresh`` the hash of its refresh token."""

    id: str
    account_id: str
    shard_id: int
    role: Role
    refresh: str
    login: bytes
    seconds: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """What came of a refresh. Whose session it is stands only where the token was one of this session's."""

    outcome: Outcome
    state: SessionState = SessionState.EXPIRED
    account_id: str = ""
    shard_id: int = 0
    role: Role = "user"
    login: bytes = b""


class SessionRegister:
    """Starts, judges, rotates and ends sessions. Raises UNAVAILABLE wherever Redis does not answer."""

    def __init__(self, redis: Redis, tombstone_seconds: int = TOMBSTONE_SECONDS) -> None:
        self._redis, self._tombstone_ms = redis, tombstone_seconds * 1000
        self._end_script = redis.register_script(_END)
        self._rotate_script = redis.register_script(_ROTATE)
        self._set_script = redis.register_script(_SET)

    async def start(self, begun: Begun) -> None:
        key, of = SESSION + begun.id, OF_ACCOUNT + begun.account_id
        fields: dict[Any, Any] = {
            "account": begun.account_id,
            "shard": begun.shard_id,
            "role": begun.role,
            "state": int(SessionState.NONE),
            "refresh": begun.refresh,
            "login": begun.login,
        }
        async with _reached(), self._redis.pipeline(transaction=True) as together:
            together.hset(key, mapping=fields)
            together.expire(key, begun.seconds)
            together.sadd(of, begun.id)
            together.expire(of, 2 * begun.seconds)
            await together.execute()

    async def standing(self, account_id: str, session_id: str) -> Standing:
        """How the session stands; one that is not there, or is somebody else's, has expired."""
        async with _reached():
            account, state, shard, role = await self._fields(session_id, "account", "state", "shard", "role")
        if account is None or state is None or account.decode() != account_id:
            return Standing(SessionState.EXPIRED)
        if int(state) != SessionState.NONE:
            return Standing(SessionState(int(state)))
        return Standing(SessionState.NONE, int(shard), cast(Role, role.decode()))

    async def login(self, session_id: str) -> bytes:
        """The sealed login name of a living session; empty when it has none (any more)."""
        async with _reached():
            (login,) = await self._fields(session_id, "login")
        return login or b""

    async def rotate(self, session_id: str, presented: str, fresh: str, seconds: int) -> Rotation:
        """Exchanges a refresh token for the next one, both given as hashes; the session then lives that long again."""
        async with _reached():
            answer = await self._rotate_script(
                keys=[SESSION + session_id], args=[presented, fresh, self._tombstone_ms, MOST_REFRESHES, seconds]
            )
        outcome = cast(Outcome, answer[0].decode())
        if len(answer) < 2:
            return Rotation(outcome)
        state = SessionState(int(answer[1]))
        if len(answer) < 6:
            return Rotation(outcome, state)
        _, _, account, shard, role, login = answer
        rotation = Rotation(outcome, state, account.decode(), int(shard), cast(Role, role.decode()), login)
        if outcome == "rotated":
            await self._keep(rotation.account_id, seconds)
        else:
            await self._leave(rotation.account_id, [session_id])
        return rotation

    async def end(self, session_id: str, state: SessionState) -> bool:
        """Ends a session. False when it was over already: the first reason stays."""
        async with _reached():
            account = await self._end_script(keys=[SESSION + session_id], args=[int(state), self._tombstone_ms])
        if account is None:
            return False
        await self._leave(account.decode(), [session_id])
        return True

    async def end_all(self, account_id: str, state: SessionState, but: str | None = None) -> list[str]:
        """Ends every session of an account, ``but`` one, and returns those that it ended."""
        others = [session for session in await self.of(account_id) if session != but]
        return [session for session in others if await self.end(session, state)]

    async def of(self, account_id: str) -> list[str]:
        """Ids of the account's sessions, some of which may be over."""
        async with _reached():
            members = await cast(Awaitable[set[bytes]], self._redis.smembers(OF_ACCOUNT + account_id))
        return sorted(member.decode() for member in members)

    async def move(self, account_id: str, shard_id: int) -> None:
        """Tells an account's sessions where its records live now."""
        await self._set(account_id, "shard", str(shard_id))

    async def set_role(self, account_id: str, role: Role) -> None:
        """Tells an account's sessions what it may do now."""
        await self._set(account_id, "role", role)

    async def living(self, session_ids: Sequence[str]) -> list[str]:
        """Those of the sessions that are not over."""
        async with _reached(), self._redis.pipeline(transaction=False) as together:
            for session_id in session_ids:
                together.hget(SESSION + session_id, "state")
            states = await together.execute()
        return [session for session, state in zip(session_ids, states, strict=True) if state == b"1"]

    async def incarnation(self) -> str:
        """Names the run of the Redis server; another name means that it was started again, perhaps with older data."""
        async with _reached():
            return str((await self._redis.info("server"))["run_id"])

    async def _fields(self, session_id: str, *names: str) -> list[Any]:
        return await cast(Awaitable[list[Any]], self._redis.hmget(SESSION + session_id, list(names)))

    async def _set(self, account_id: str, field: str, value: str) -> None:
        for session in await self.of(account_id):
            async with _reached():
                await self._set_script(keys=[SESSION + session], args=[field, value])

    async def _keep(self, account_id: str, seconds: int) -> None:
        """The list of an account's sessions outlives every one of them."""
        async with _reached():
            await self._redis.expire(OF_ACCOUNT + account_id, 2 * seconds)

    async def _leave(self, account_id: str, session_ids: list[str]) -> None:
        async with _reached():
            await self._redis.srem(OF_ACCOUNT + account_id, *session_ids)


@asynccontextmanager
async def _reached() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as away:
        raise MeshError("UNAVAILABLE", retry_after=RETRY_SECONDS) from away
