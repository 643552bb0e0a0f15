"""What a database that is dead, slow, full, read-only or out of connections looks like to a caller: try again soon.

A broken rule of the tables (IntegrityError) and a fault of ours are handed on as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.mesh import telemetry
from services.mesh.errors import MeshError

RETRY_SECONDS, SOON_SECONDS = 5.0, 1.0
DEADLOCK, LOCK_WAIT = 1213, 1205
_SQLITE_FAULTS = ("no such", "near ", "ambiguous", "misuse", "too many SQL variables")


class Unreachable(MeshError):
    """A database does not do what it was asked to now; what was written is either whole or not there."""

    def __init__(self) -> None:
        super().__init__("UNAVAILABLE", retry_after=RETRY_SECONDS)


class Exhausted(Unreachable):
    """All connections of a pool are in use: the database is well, and has much to do."""


class Contended(MeshError):
    """Another transaction was in the way and this one was undone: it may begin again at once."""

    def __init__(self) -> None:
        super().__init__("UNAVAILABLE", retry_after=SOON_SECONDS)


@asynccontextmanager
async def typed(database: str, seconds: float) -> AsyncIterator[None]:
    """What runs inside takes at most ``seconds``; a failing database raises Unreachable or Contended."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except (OperationalError, InterfaceError, InternalError, PoolTimeout, OSError) as problem:
        if isinstance(problem, DBAPIError) and _ours(problem):
            raise
        if isinstance(problem, OSError) and not _of_the_network(problem, limit):
            raise
        telemetry.log().warning("database_failed", stage=database, error_type=_kind(problem))
        raise _refusal(problem) from None


def _refusal(problem: BaseException) -> MeshError:
    if isinstance(problem, PoolTimeout):
        return Exhausted()
    return Contended() if _code(problem) in (DEADLOCK, LOCK_WAIT) else Unreachable()


def _of_the_network(problem: OSError, limit: asyncio.Timeout) -> bool:
    """Of the timeouts, which are OSErrors too, the limit's own counts."""
    return limit.expired() or isinstance(problem, ConnectionError)


def _ours(problem: DBAPIError) -> bool:
    """SQLite reports our own mistakes, such as a table that does not exist, as operational."""
    return str(problem.orig).startswith(_SQLITE_FAULTS)


def _code(problem: BaseException) -> int:
    """The server's error number; 0 when there is none."""
    arguments = getattr(getattr(problem, "orig", None), "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def _kind(problem: BaseException) -> str:
    return f"{type(problem).__name__} {_code(problem) or ''}".strip()
