"""A question as numbers: its letter sequences, the names it holds, the cues it gives.

Letter sequences need no word boundaries and survive typing errors, which people make and tokenizers do not forgive.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from services.category.rules import cues, summary
from services.category.words import Words
from services.safety.text import compact

# What a text is about shows early; the rest of a long one would only cost time.
LONGEST = 600
_LETTERS, _SIGNED = range(1, 5), range(2, 6)
# Length of each family of features within the whole: letters, letters with signs for names, cues.
_LENGTHS = {"c": 1.0, "s": 0.8, "q": 1.5}

Features = tuple[NDArray[np.uint32], NDArray[np.float32]]


def features(text: str, words: Words) -> Features:
    """The question's features: 32-bit hashes, ascending, and their values."""
    values: dict[int, float] = {}
    for family, names in _families(text, words):
        hashes = {zlib.crc32(f"{family}{name}".encode()) for name in names}
        values.update(dict.fromkeys(hashes, _LENGTHS[family] / max(1, len(hashes)) ** 0.5))
    keys = sorted(values)
    return np.array(keys, np.uint32), np.array([values[key] for key in keys], np.float32)


def _families(text: str, words: Words) -> Iterator[tuple[str, list[str]]]:
    letters = compact(text)[:LONGEST]
    signed, kinds = words.signed(letters)
    found = sorted(set(kinds))
    spoken = cues(letters) + found
    several = [f"{kind}s" for kind in found if kinds.count(kind) > 1]
    yield "c", _grams(f"^{letters}$", _LETTERS)
    yield "s", _grams(f"^{signed}$", _SIGNED) if kinds else []
    yield "q", [*spoken, *several, summary(spoken)]


def _grams(text: str, sizes: range) -> list[str]:
    return [text[at : at + size] for size in sizes for at in range(len(text) - size + 1)]
