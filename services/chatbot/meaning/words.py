"""Words by themselves: those that say nothing, those that deny, parts of the body, short words that are believed."""

from __future__ import annotations

import tomllib
from pathlib import Path

_TABLE = tomllib.loads((Path(__file__).parent / "data" / "words.toml").read_text(encoding="utf-8"))


def _words(name: str) -> frozenset[str]:
    return frozenset(_TABLE[name].split())


EMPTY, EMPTY_STEMS = _words("empty"), _words("empty_stems")
BODY, SIDES = _words("body"), _words("sides")
NOUNS, VERBS = _words("nouns"), _words("verbs")
# In their order: the first is one.
NATIVE_NUMERALS: tuple[str, ...] = tuple(_TABLE["native"].split())
SAME: dict[str, str] = _TABLE["same"]
# "안" states that something is not, "못" that it cannot be, "말" that it must not.
DENIALS = {"안": "not", "못": "cannot", "마": "donot"}
