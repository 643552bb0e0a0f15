"""The words of the rules: tables in services/safety/data/red_flags/, compiled once.

A pattern is a regular expression over compact text in ordinary spelling, with three additions:
``{name}`` stands for the words of the lexicon under that name, `` ~ `` for up to twelve characters of the same
sentence, and other blanks and line breaks are for the reader only.
"""

from __future__ import annotations

import pathlib
import re
import tomllib
from typing import Any

from services.safety.red_flags.spelling import folded

DATA = pathlib.Path(__file__).parents[1] / "data" / "red_flags"
# "안" right before a word denies it, unless it ends another word ("동안", "입안").
_NOT_DENIED = r"(?<![^동불편집입목방눈코귀몸배손발]안)"
_GAP = r"[^.?/]{0,12}?" + _NOT_DENIED
# A gap takes the nearest word that fits, so that a denial behind a later word does not hide it.
_GREEDY_GAP = re.compile(r"\[\^\.\?/\]\{\d+,\d+\}(?!\?)")
_NAME = re.compile(r"\{([a-z_]+)\}")


def table(name: str) -> dict[str, Any]:
    """The table of ``name``.toml."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


_WORDS: dict[str, str] = table("lexicon")["words"]
SCOPE: dict[str, str] = table("scope")


def words() -> list[str]:
    """The names of the lexicon."""
    return list(_WORDS)


def pattern(text: str) -> re.Pattern[str]:
    """Compiles a pattern. Raises KeyError for a word the lexicon does not have."""
    return re.compile(folded(_NOT_DENIED + "(?:" + _expanded(text) + ")"))


def _expanded(text: str) -> str:
    spelled = _NAME.sub(lambda name: f"(?:{_expanded(_WORDS[name.group(1)])})", text)
    tight = re.sub(r"\s+", "", spelled.replace(" ~ ", _GAP))
    return _GREEDY_GAP.sub(r"\g<0>?", tight)
