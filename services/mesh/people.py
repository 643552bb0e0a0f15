"""People as the mesh knows them: who a bearer token speaks for, and how their session stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

Role = Literal["user", "operator"]


class SessionState(IntEnum):
    """What is wrong with a session; the numbers are those of ``medichain.account.v1.SessionState``."""

    NONE = 1
    EXPIRED = 2
    DUPLICATED = 3
    BLOCKED = 4


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person. ``shard_id`` is where their records live, as their session says."""

    account_id: str
    session_id: str
    shard_id: int
    role: Role = "user"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands: its state, and, while it lives, what it says of its person."""

    state: SessionState
    shard_id: int = 0
    role: Role = "user"


class Sessions(Protocol):
    """Where sessions are looked up."""

    async def standing(self, account_id: str, session_id: str) -> Standing:
        """How the session stands now; one that is not there has expired.

        Raises UNAVAILABLE when that cannot be known.
        """
        ...


class Security(Protocol):
    """Where the mesh tells of what an operator may want to look at."""

    async def __call__(self, kind: str, method: str, account: str = "", address: str = "") -> None:
        """Records an event of ``medichain.events.v1.SecurityRaised``; never raises."""
        ...


async def unheard(kind: str, method: str, account: str = "", address: str = "") -> None:
    """The :class:`Security` of a process that has no stream to write to."""
