"""Slots found in a text: each takes its place in the text as one private-use character."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

FIRST = 0xE000
MARK = "[\ue000-\uf8ff]"


@dataclass(frozen=True, slots=True)
class Slot:
    """What was found: ``kind`` ("act", "person", "amount", …) and its ``value`` in the key's words."""

    kind: str
    value: str


class Marked:
    """A text in which slots stand as single characters. ``text`` holds no such character before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._slots: list[Slot] = []

    def replace(self, pattern: re.Pattern[str], slot: Callable[[re.Match[str]], Slot | None]) -> None:
        """Puts a mark where ``pattern`` matches; None leaves the match in the text."""

        def marked(match: re.Match[str]) -> str:
            found = slot(match)
            return match.group() if found is None else self.mark(found)

        self.text = pattern.sub(marked, self.text)

    def mark(self, slot: Slot) -> str:
        """The character that stands for ``slot`` from now on."""
        self._slots.append(slot)
        return chr(FIRST + len(self._slots) - 1)

    def slot(self, character: str) -> Slot:
        """What a character stands for."""
        return self._slots[ord(character) - FIRST]

    def holds(self, slot: Slot) -> bool:
        """Whether a slot was found."""
        return slot in self._slots
