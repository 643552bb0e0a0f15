"""Requests that are refused: kindly, with the help that exists, and without a word of the harm in them.

Rules alone, as tables in data/harmful.toml. What protects life goes first: a request in which somebody is really in
danger is not refused but answered as the emergency it is, and markup or code around an honest question is only data.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from services.safety.red_flags import RESEMBLES, Level, assess
from services.safety.text import compact, normalised

_TABLE = Path(__file__).parent / "data" / "harmful.toml"
_MARKS = re.compile(r"[.,?!~]")
_GAP = ".{0,14}?"
# Signs a harmful wish shows by itself, and mere likeness; only other signs mean that somebody is hurt or ill already.
_OF_THE_WISH = frozenset(
    {"suicide_risk", "psychiatric_crisis", "cry_for_help", "abuse", "sexual_assault", RESEMBLES.code}
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused, what is said instead, and whether the person may be about to die by suicide."""

    kind: str
    text: str
    crisis: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    refusal: Refusal
    wanted: re.Pattern[str]
    unless: re.Pattern[str] | None


def needs_refusal(text: str) -> Refusal | None:
    """The refusal ``text`` calls for, or None when it is to be answered."""
    solid = _solid(text)
    for kind in _kinds():
        if kind.wanted.search(solid) and not (kind.unless and kind.unless.search(solid)):
            return None if _in_danger(text) else kind.refusal
    return None


def _in_danger(text: str) -> bool:
    """True when the text tells of an emergency beyond the wish itself."""
    return any(sign.level > Level.NONE and sign.code not in _OF_THE_WISH for sign in assess(text).signs)


def _solid(text: str) -> str:
    """Compact text without any mark, so that "치.사.량" is read like 치사량; ㅆ endings as they are heard."""
    return _MARKS.sub("", compact(normalised(text))).translate(_HEARD)


def _syllables(final: int, heard: int) -> dict[int, int]:
    return {code: code - final + heard for code in range(0xAC00, 0xD7A4) if (code - 0xAC00) % 28 == final}


_HEARD = _syllables(20, 19)  # ㅆ → ㅅ, as people type it


@lru_cache(maxsize=1)
def _kinds() -> tuple[_Kind, ...]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(
        _Kind(
            Refusal(entry["name"], entry["text"].strip(), entry["crisis"]),
            _either(entry["any"]),
            _either(entry["unless"]) if entry["unless"] else None,
        )
        for entry in table["kind"]
    )


def _either(patterns: list[str]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{pattern.replace(' ~ ', _GAP).replace(' ', '')})" for pattern in patterns)
    return re.compile(joined.translate(_HEARD))
