"""Withholds calls from a service that keeps failing, so that its callers lose no time waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Opens after ``threshold`` failures in a row; lets one call try again every ``rest`` seconds."""

    def __init__(self, threshold: int = 5, rest: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold, self._rest, self._clock = threshold, rest, clock
        self._failures, self._try_at = 0, 0.0

    @property
    def open(self) -> bool:
        return self._failures >= self._threshold

    def admits(self) -> bool:
        """Whether a call may be made now. While open, the caller that is let through is the probe."""
        if not self.open:
            return True
        now = self._clock()
        if now < self._try_at:
            return False
        self._try_at = now + self._rest
        return True

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self.open:
            self._try_at = self._clock() + self._rest
