"""Whether a sentence says again what has been said: passages and first-aid steps speak of the same things."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Share of the shorter sentence's letter pairs that the other one has, from which on they say the same; measured on the
# passages about what the table has steps for: rewordings have 0.3 to 1, other advice on the same subject less.
_SAME = 0.3
# What nearly every first-aid sentence says.
_EVERYWHERE = re.compile(
    r"즉시|지금 바로|바로|119에 신고(?:하거나|하세요|하고)?|응급실(?:을 방문하세요|로 가세요)|하지 마세요|마세요|하세요"
)
_NOT_LETTERS = re.compile(r"[^0-9A-Za-z가-힣]+")


def says_again(sentence: str, said: Iterable[str]) -> bool:
    """True when one of the sentences ``said`` says much the same as ``sentence``."""
    pairs = _pairs(sentence)
    return any(_share(pairs, _pairs(other)) >= _SAME for other in said)


def alike(one: str, other: str) -> float:
    """How much of their wording two texts have in common, 0..1 (Dice)."""
    a, b = _pairs(one), _pairs(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _pairs(sentence: str) -> set[str]:
    solid = _NOT_LETTERS.sub("", _EVERYWHERE.sub("", sentence))
    return {solid[at : at + 2] for at in range(len(solid) - 1)}


def _share(one: set[str], other: set[str]) -> float:
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 1.0
