"""What every answer writer has in common."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence with the numbers of what it rests on: written as "… [1][2]." """

    text: str
    numbers: tuple[int, ...]
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What one specialist can say, in order."""

    heading: str
    sentences: tuple[Cited, ...]


class Writer(Protocol):
    """Turns a section into text, piece by piece. ``name`` is the provider's name, as ``completed`` reports it."""

    name: str

    def write(self, section: Section, alone: bool) -> AsyncIterator[str]:
        """The section's text. ``alone`` is True when the answer has no other section."""
        ...
