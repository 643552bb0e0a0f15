"""A second reader beside the rules: how much a text resembles told emergencies, whatever words it uses.

A linear model over character n-grams of what is told as happening now, and over the words of the lexicon. Its weights
are made by :mod:`services.safety.red_flags.train` from the examples in data/red_flags/examples/ and shipped as a table,
so the same text always scores the same. It only adds a sign where no rule fires; it never takes one away.
"""

from __future__ import annotations

import math
from functools import lru_cache

from services.safety.red_flags.lexicon import DATA, SCOPE, pattern, words
from services.safety.red_flags.rules import Term
from services.safety.red_flags.scope import Reading

WEIGHTS = DATA / "likeness.tsv"
# Chosen by cross-validation on the examples: about one look-alike in a hundred lies above.
THRESHOLD = 1.75
_SIZES = (2, 3, 4)
_BIAS = ""
_LIGHT = pattern(SCOPE["light"])


def resembles_emergency(reading: Reading) -> bool:
    """True when the score of the text lies above the threshold; never for laughter or prevention."""
    if _LIGHT.search(reading.whole):
        return False
    return score(features(reading), weights()) > THRESHOLD


def features(reading: Reading) -> set[str]:
    """N-grams of two to four characters that cross no gap, and "{name}" for each lexicon entry found."""
    text = f"^{_without_denials(reading.live).strip('/')}$"
    grams = {text[i : i + n] for n in _SIZES for i in range(len(text) - n + 1)}
    found = {term.text for term in _lexicon() if term.found_in(reading.live)}
    return {gram for gram in grams if "/" not in gram} | found


def _without_denials(live: str) -> str:
    """The text with denied findings blanked out: "토하지는 않아요" is no more likely an emergency for its words."""
    for term in _lexicon():
        for begin, end in term.denied_in(live):
            live = f"{live[:begin]}{'/' * (end - begin)}{live[end:]}"
    return live


def score(found: set[str], table: dict[str, float]) -> float:
    """The sum of the known features' weights over the root of their number, plus the bias; positive = resembles."""
    known = [table[feature] for feature in found if feature in table]
    return table[_BIAS] + sum(known) / math.sqrt(len(known) or 1)


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """The shipped table; the empty feature is the bias."""
    lines = WEIGHTS.read_text(encoding="utf-8").splitlines()
    return {feature: int(weight) / 1000 for feature, weight in (line.split("\t") for line in lines)}


@lru_cache(maxsize=1)
def _lexicon() -> tuple[Term, ...]:
    return tuple(Term(f"{{{name}}}", "live") for name in words())
