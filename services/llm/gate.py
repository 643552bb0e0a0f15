"""Whether an endpoint may be asked now, and asked again: its breaker, the rest it asked for, its budget of retries."""

from __future__ import annotations

import time
from collections.abc import Callable

from services.llm.failure import TROUBLE, Kind
from services.mesh.breaker import Breaker

# Every call earns this much of a retry; a retry costs a whole one. So retries stay below a tenth of the calls.
_EARNED, _COST, _MOST = 1, 10, 100


class RetryBudget:
    """A bucket that each call fills by a tenth and each retry empties by one. It begins with one and holds ten."""

    def __init__(self) -> None:
        self._tenths = _COST

    def called(self) -> None:
        self._tenths = min(self._tenths + _EARNED, _MOST)

    def spend(self) -> bool:
        """True, and one retry less, when there is one."""
        if self._tenths < _COST:
            return False
        self._tenths -= _COST
        return True


class Gate:
    """Stands before one endpoint. Opens its breaker after five failures in a row, for ten seconds at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._resting_until = clock, 0.0
        self.breaker = Breaker(threshold=5, rest=10.0, clock=clock)
        self.budget = RetryBudget()

    def admits(self) -> bool:
        """Whether to ask now. An endpoint that said when to come back is not asked before."""
        return self._clock() >= self._resting_until and self.breaker.admits()

    def succeeded(self) -> None:
        self.breaker.succeeded()

    def failed(self, kind: Kind, retry_after: float | None = None) -> None:
        """Takes note of a failure; one that says nothing about the endpoint counts as its being well."""
        if retry_after is not None:
            self._resting_until = max(self._resting_until, self._clock() + retry_after)
        if kind in TROUBLE:
            self.breaker.failed()
        elif kind is not Kind.OUT_OF_TIME:  # which may be the caller's hurry as well as the endpoint's slowness
            self.breaker.succeeded()
