"""Values remembered for a while, the most recently used of them."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """At most ``most`` values, none of them longer than ``seconds``."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._known: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value, or None when it is not remembered (any more)."""
        until, value = self._known.get(key, (0.0, None))
        if until <= time.monotonic():
            self._known.pop(key, None)
            return None
        self._known.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> Value:
        self._known[key] = (time.monotonic() + self._seconds, value)
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return value

    def drop(self, key: Key) -> None:
        self._known.pop(key, None)
