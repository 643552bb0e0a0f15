"""Sentences with their sources, as writers are given them."""

from __future__ import annotations

from dataclasses import dataclass


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
