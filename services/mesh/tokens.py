"""Access tokens: what they must look like, whose they are, and whether their session still counts.

A token is a JWT (RFC 7519, profile RFC 9068) signed with Ed25519 (RFC 8037, RFC 9864). Its header holds exactly alg,
typ and kid; its claims are iss, aud, sub (the account), sid (the session), iat and exp. The account service signs;
everybody else checks with the public keys it publishes. That a token is genuine is remembered; that its session lives
is asked again every 0.8 s, so that a revoked token is dead within a second.
"""

from __future__ import annotations

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.mesh.errors import MeshError
from services.mesh.people import Person, Sessions, SessionState, Standing

ISSUER = "medichain"
AUDIENCE = "medichain"
TYPE = "at+jwt"
ALGORITHM = "Ed25519"

LONGEST_TOKEN = 2048
REMEMBERED = 8192
STANDING_SECONDS = 0.8
LOOK_UP_SECONDS = 0.5

_ENDED = {
    SessionState.EXPIRED: "SESSION_EXPIRED",
    SessionState.DUPLICATED: "SESSION_DUPLICATED",
    SessionState.BLOCKED: "SESSION_BLOCKED",
}
_HEADER = {"alg", "typ", "kid"}


class KeySource(Protocol):
    """Where the public keys of access tokens come from."""

    async def key(self, kid: str) -> OKPKey | None:
        """The key of this id, or None when there is no such key. Raises UNAVAILABLE when that cannot be known."""
        ...


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine token says; ``expires`` is in seconds of the epoch."""

    account_id: str
    session_id: str
    expires: float


class TokenVerifier:
    """Turns bearer tokens into people."""

    def __init__(self, keys: KeySource, sessions: Sessions, now: Callable[[], float] = time.time) -> None:
        self._keys, self._now = keys, now
        self._standings = Standings(sessions)
        self._known: OrderedDict[str, Claims] = OrderedDict()

    async def person(self, bearer: str, grace: float = 0.0) -> Person:
        """Whom the token speaks for. ``grace`` are seconds for which an expired one still counts.

        Raises UNAUTHENTICATED for what is no token of ours, SESSION_EXPIRED, SESSION_DUPLICATED or SESSION_BLOCKED for
        one whose time or session is over, and UNAVAILABLE when it cannot be judged.
        """
        claims = self._known.get(bearer)
        if claims is None:
            claims = await self._genuine(bearer)
            self._remember(bearer, claims)
        else:
            self._known.move_to_end(bearer)
        if claims.expires + grace <= self._now():
            raise MeshError("SESSION_EXPIRED")
        standing = await self._standings.of(claims.account_id, claims.session_id)
        if standing.state is not SessionState.NONE:
            raise MeshError(_ENDED[standing.state])
        return Person(claims.account_id, claims.session_id, standing.shard_id, standing.role)

    async def _genuine(self, bearer: str) -> Claims:
        key = await self._keys.key(_key_id(bearer))
        if key is None:
            raise MeshError("UNAUTHENTICATED")
        try:
            return _claims(jws.deserialize_compact(bearer, key, algorithms=[ALGORITHM]).payload)
        except (JoseError, ValueError):
            raise MeshError("UNAUTHENTICATED") from None

    def _remember(self, bearer: str, claims: Claims) -> None:
        self._known[bearer] = claims
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


class Standings:
    """How sessions stand, asked at most every ``STANDING_SECONDS`` for each; calls at one moment share one look-up."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions, self._clock = sessions, clock
        self._asked: OrderedDict[tuple[str, str], tuple[float, asyncio.Task[Standing]]] = OrderedDict()

    async def of(self, account_id: str, session_id: str) -> Standing:
        """Raises UNAVAILABLE when it cannot be known."""
        asked = (account_id, session_id)
        since, task = self._asked.get(asked, (0.0, None))
        now = self._clock()
        if task is None or now - since >= STANDING_SECONDS:
            task = asyncio.create_task(self._look_up(account_id, session_id))
            task.add_done_callback(lambda done: self._forget_failure(asked, done))
            self._remember(asked, now, task)
        return task.result() if task.done() else await asyncio.shield(task)

    async def _look_up(self, account_id: str, session_id: str) -> Standing:
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                return await self._sessions.standing(account_id, session_id)
        except TimeoutError:
            raise MeshError("UNAVAILABLE", retry_after=1) from None

    def _remember(self, asked: tuple[str, str], since: float, task: asyncio.Task[Standing]) -> None:
        self._asked[asked] = (since, task)
        self._asked.move_to_end(asked)
        if len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)

    def _forget_failure(self, asked: tuple[str, str], done: asyncio.Task[Standing]) -> None:
        failed = done.cancelled() or done.exception() is not None
        if failed and self._asked.get(asked, (0.0, None))[1] is done:
            del self._asked[asked]


def _key_id(bearer: str) -> str:
    """The id of the key that the token says it is signed with. It is looked up and never read in any other way."""
    if len(bearer) > LONGEST_TOKEN or bearer.count(".") != 2:
        raise MeshError("UNAUTHENTICATED")
    header = _decoded(bearer.partition(".")[0])
    if header.keys() != _HEADER or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise MeshError("UNAUTHENTICATED")
    if not isinstance(header["kid"], str):
        raise MeshError("UNAUTHENTICATED")
    return header["kid"]


def _decoded(part: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, NotBase64, RecursionError):
        raise MeshError("UNAUTHENTICATED") from None
    if not isinstance(found, dict):
        raise MeshError("UNAUTHENTICATED")
    return found


def _claims(payload: bytes) -> Claims:
    """Raises ValueError when a claim is missing or not as it must be."""
    found = json.loads(payload)
    if not isinstance(found, dict) or found.get("iss") != ISSUER or found.get("aud") != AUDIENCE:
        raise ValueError("somebody else's token")
    subject, session = found.get("sub"), found.get("sid")
    if not (_name(subject) and _name(session) and _moment(found.get("iat")) and _moment(found.get("exp"))):
        raise ValueError("a claim is missing")
    return Claims(str(subject), str(session), float(found["exp"]))


def _name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def _moment(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 40
