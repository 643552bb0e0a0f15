"""The rules: which findings together make a sign.

A rule's alternatives are written as terms joined by "&". A term is looked for in what is told as happening now and must
not be denied ("가슴은 안 아파요") or supposed ("물리면"); with "@" it is looked for in everything said, as background
("항암", "임신"); with "!" it must be nowhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from services.safety.red_flags.levels import Level, Sign
from services.safety.red_flags.lexicon import SCOPE, pattern, table

TOPICS = (
    "neurological", "heart_and_breath", "allergy", "poisoning", "metabolic", "injury", "bleeding", "abdomen", "limbs",
    "eyes", "infection", "children", "pregnancy", "environment", "foreign_body", "mind",
)  # fmt: skip
_AND = re.compile(r"\s&\s")
_DENIED_AFTER = re.compile(pattern(SCOPE["denied_after"]).pattern)
_SUPPOSED_AFTER = re.compile(pattern(SCOPE["supposed_after"]).pattern)
_BEFORE_ME = pattern(SCOPE["before_me"])


@dataclass(frozen=True)
class Term:
    """One finding. ``where`` is "live", "whole" (background) or "absent"."""

    text: str
    where: str

    @cached_property
    def words(self) -> re.Pattern[str]:
        return pattern(self.text)

    def found_in(self, text: str) -> bool:
        """True when the term stands in ``text``; findings must be neither denied nor supposed."""
        if self.where != "live":
            return self.words.search(text) is not None
        return any(_asserted(text, match.end()) for match in self.words.finditer(text))

    def denied_in(self, text: str) -> list[tuple[int, int]]:
        """Where the term stands in ``text`` only to be denied, the denial included."""
        spans = ((match.start(), _DENIED_AFTER.match(text, match.end())) for match in self.words.finditer(text))
        return [(begin, denial.end()) for begin, denial in spans if denial]


@dataclass(frozen=True)
class Rule:
    """A sign, the alternatives that show it, and what speaks against it anywhere in the text."""

    sign: Sign
    hotline: str
    alternatives: tuple[tuple[Term, ...], ...]
    unless: tuple[Term, ...]


def _asserted(text: str, end: int) -> bool:
    if _DENIED_AFTER.match(text, end):
        return False
    return not _SUPPOSED_AFTER.match(text, end) or _BEFORE_ME.search(text) is not None


def _term(text: str) -> Term:
    kinds = {"@": "whole", "!": "absent"}
    return Term(text.lstrip("@!"), kinds.get(text[0], "live"))


def _rule(entry: dict[str, object], interned: Callable[[str], Term]) -> Rule:
    level = Level[str(entry["level"])]
    sign = Sign(str(entry["code"]), str(entry["name"]), level)
    alternatives = entry["any"]
    unless = entry.get("unless", [])
    assert isinstance(alternatives, list)
    assert isinstance(unless, list)
    return Rule(
        sign=sign,
        hotline=str(entry.get("hotline", {Level.CALL_119: "119", Level.CRISIS: "109"}.get(level, ""))),
        alternatives=tuple(tuple(interned(term.strip()) for term in _AND.split(each)) for each in alternatives),
        unless=tuple(interned("!" + each) for each in unless),
    )


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the topics; equal terms are one object."""
    interned = lru_cache(maxsize=None)(_term)
    return tuple(_rule(entry, interned) for topic in TOPICS for entry in table(topic)["sign"])
