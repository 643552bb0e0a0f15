"""Vectors of Korean texts without a model: words and letter n-grams, weighted by rarity and hashed to few dimensions.

Signed feature hashing (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009): a feature adds
its weight to one dimension with a sign of its own, so collisions cancel out on average and an inner product of two
vectors estimates that of the whole feature spaces; its error is about 1/sqrt(dimensions) = 0.03.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from services.knowledge.analysis import Analysed
from services.knowledge.jamo import letters

Codes = NDArray[np.int64]
Weights = NDArray[np.float32]

DIMENSIONS = 1024
FILE = "idf.npy"
_BUCKETS = 1 << 18
# n-grams of 3, 4 and 5 letters are one syllable to nearly two.
_GRAMS = (3, 4, 5)
_WORD, _STEM_GRAMS, _RAW_GRAMS = 1.0, 0.5, 0.3
_NO_CODES, _NO_WEIGHTS = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
_RAW = re.compile(r"[0-9a-z가-힣]+")


class LexicalVectors:
    """Embeds texts by their stems, the letters of their stems, and the letters of their words as typed."""

    name = f"lexical-jamo-{DIMENSIONS}-1"
    dimensions = DIMENSIONS

    def __init__(self, idf: NDArray[np.float32]) -> None:
        self._idf = idf

    @classmethod
    def fitted(cls, texts: Sequence[Analysed]) -> LexicalVectors:
        """Learns how rare each feature is: idf = ln((texts + 1) / (texts with it + 1))."""
        seen = np.zeros(_BUCKETS, dtype=np.int64)
        for text in texts:
            seen[np.unique(features(text)[0] % _BUCKETS)] += 1
        return cls(np.log((len(texts) + 1) / (seen + 1)).astype(np.float32))

    @classmethod
    def opened(cls, folder: pathlib.Path) -> LexicalVectors:
        return cls(np.load(folder / FILE))

    def save(self, folder: pathlib.Path) -> None:
        np.save(folder / FILE, self._idf)

    def embed(self, texts: Sequence[Analysed]) -> NDArray[np.float32]:
        """One row a text, of length 1; a text without features has the zero vector."""
        matrix = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(matrix, texts, strict=True):
            self._project(*features(text), row)
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        np.divide(matrix, lengths, out=matrix, where=lengths > 0)
        return matrix

    def _project(self, codes: Codes, weights: Weights, row: Weights) -> None:
        values = weights * self._idf[codes % _BUCKETS]
        rest = codes // _BUCKETS
        np.add.at(row, (rest >> 1) % DIMENSIONS, np.where(rest & 1, values, -values))


def features(text: Analysed) -> tuple[Codes, Weights]:
    """The features of a text as 32-bit codes, and their weights before rarity; a feature may occur more than once."""
    words = [_word(token) for token in text.tokens]
    words += [_grams(f"<{token}>", _STEM_GRAMS) for token in text.tokens]
    words += [_grams(f"r<{word}", _RAW_GRAMS) for word in _RAW.findall(text.text.lower())]
    if not words:
        return _NO_CODES, _NO_WEIGHTS
    codes, weights = zip(*words, strict=True)
    return np.concatenate(codes), np.concatenate(weights)


@lru_cache(maxsize=20_000)
def _word(token: str) -> tuple[Codes, Weights]:
    return np.array([crc32(f"w{token}".encode())], dtype=np.int64), np.array([_WORD], dtype=np.float32)


@lru_cache(maxsize=20_000)
def _grams(word: str, weight: float) -> tuple[Codes, Weights]:
    """A word's letter n-grams; longer words weigh more, but by their square root."""
    spelled = letters(word)
    grams = [spelled[begin : begin + size] for size in _GRAMS for begin in range(len(spelled) - size + 1)]
    codes = np.array([crc32(gram.encode()) for gram in grams], dtype=np.int64)
    share = weight / sqrt(max(1, len(grams) / len(_GRAMS)))
    return codes, np.full(len(grams), share, dtype=np.float32)
