"""Whether a sentence says again what has been said: passages and first-aid steps speak of the same things."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Share of the shorter sentence's letter pairs that the other one has, from which on they say the same.
_SAME = 0.6
_NOT_LETTERS = re.compile(r"[^0-9A-Za-z가-힣]+")


def says_again(sentence: str, said: Iterable[str]) -> bool:
    """True when one of the sentences ``said`` covers ``sentence``, or the other way round."""
    pairs = _pairs(sentence)
    return any(_share(pairs, _pairs(other)) >= _SAME for other in said)


def _pairs(sentence: str) -> set[str]:
    solid = _NOT_LETTERS.sub("", sentence)
    return {solid[at : at + 2] for at in range(len(solid) - 1)}


def _share(one: set[str], other: set[str]) -> float:
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 1.0
