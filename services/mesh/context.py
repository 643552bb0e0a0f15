"""What a call carries with it through the process: who calls, until when, under which request id."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from ulid import ULID

from services.mesh.people import Person


@dataclass(frozen=True, slots=True)
class Principal:
    """The process that calls: an unknown one, the edge, another service, or an operator's command.

    For whom it calls is another matter: see :class:`CallContext.person`.
    """

    kind: Literal["anonymous", "edge", "service", "operator"] = "anonymous"
    name: str = ""


ANONYMOUS = Principal()


@dataclass(frozen=True, slots=True)
class CallContext:
    """The call being served. ``deadline`` is on the clock of :func:`time.monotonic`."""

    principal: Principal = ANONYMOUS
    # The signed-in person the call is made for, as their own token proves.
    person: Person | None = None
    # Why the mesh would have refused the call; set only where the contract lets the method look for an emergency first.
    refusal: Exception | None = None
    # Network address of the person's device, as the edge or the connection tells it; never logged.
    address: str = ""
    deadline: float | None = None
    request_id: str = field(default_factory=lambda: str(ULID()))
    # The caller's own bearer token, passed on so that the next service can judge for itself.
    authorization: str = ""
    # What the caller marks a repeated request with, so that it is answered once; empty when it does not.
    idempotency_key: str = ""

    @property
    def owner(self) -> str:
        """Whose records this call may touch: the signed-in person's, or none ("")."""
        return self.person.account_id if self.person else ""

    def remaining(self) -> float | None:
        """Seconds left, or None without a deadline; never negative."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())


_current: ContextVar[CallContext | None] = ContextVar("medichain_call", default=None)


def current() -> CallContext:
    """The call being served, or an empty one outside of any call."""
    return _current.get() or CallContext()


def enter(call: CallContext) -> None:
    """Makes ``call`` the current one for the rest of this task.

    The guard's way: every call is served by a task of its own, and a stream may be closed from another one, where what
    was set here could not be taken back.
    """
    _current.set(call)


@contextmanager
def entered(call: CallContext) -> Iterator[CallContext]:
    """Makes ``call`` the current one for what runs inside."""
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)
