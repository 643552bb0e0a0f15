"""How urgent a text is, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Numbers as in medichain.emergency_support.v1.EmergencyLevel; a higher one wins."""

    NONE = 1
    URGENT = 2
    CRISIS = 3
    CALL_119 = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """One red flag: its machine name ("stroke"), its name for people, and the level it asks for alone."""

    code: str
    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Assessment:
    """The highest level, the signs behind it, most urgent first, and the number to call first ("" for none)."""

    level: Level = Level.NONE
    signs: tuple[Sign, ...] = ()
    hotline: str = ""

    @property
    def emergency(self) -> bool:
        return self.level > Level.NONE
