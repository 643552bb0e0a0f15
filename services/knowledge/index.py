"""The knowledge index: everything a search needs, read-only, built whole and opened whole."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from services.knowledge.analysis import Analysed
from services.knowledge.bm25 import Bm25
from services.knowledge.catalogue import Catalogue
from services.knowledge.embedding import Vector
from services.knowledge.fusion import fused
from services.knowledge.lexicon import Lexicon
from services.knowledge.passages import Passage
from services.knowledge.vectors import Ids, Vectors

# Changes whenever an index of before could not be read, or would answer otherwise.
FORMAT = "1"
LEXICON, LABELS, BACKGROUND = "lexicon.json", "labels.json", "background.json"
_CANDIDATES = 48
# A score that hashing alone can make of texts that share nothing.
_NOISE = 0.05


class Hit(NamedTuple):
    """A passage found: ``score`` 0..1 and ``coverage`` 0..1 as the contract says."""

    passage: Passage
    score: float
    coverage: float


class Neighbour(NamedTuple):
    """A labelled example found, with its cosine beyond the background."""

    labels: tuple[str, ...]
    similarity: float


@dataclass(frozen=True, slots=True)
class Index:
    """An index in memory. ``background`` is the cosine of texts that share nothing (``embedding.background``)."""

    catalogue: Catalogue
    vectors: Vectors
    words: Bm25
    examples: Vectors
    labels: list[tuple[str, ...]]
    lexicon: Lexicon
    background: float

    @property
    def dimensions(self) -> int:
        """Of its vectors."""
        return self.vectors.dimensions

    @classmethod
    def opened(cls, folder: pathlib.Path) -> Index:
        """The index saved in ``folder``, whose files are whole (see ``versions.py``)."""
        return cls(
            Catalogue.opened(folder),
            Vectors.opened(folder / "passages"),
            Bm25.opened(folder / "words"),
            Vectors.opened(folder / "examples"),
            [tuple(labels) for labels in orjson.loads((folder / LABELS).read_bytes())],
            Lexicon(orjson.loads((folder / LEXICON).read_bytes())),
            float(orjson.loads(level.read_bytes())) if (level := folder / BACKGROUND).exists() else 0.0,
        )

    def search(
        self, query: Analysed, vector: Vector | None, domain: str = "", group: str = "", count: int = 5
    ) -> list[Hit]:
        """The passages of a domain and group ("" = any) that fit best, best first; by words alone without a vector."""
        words = self.words.query(query.tokens)
        sums = self.words.scores(words)
        found = [self._candidates(vector, sums, begin, end) for begin, end in self.catalogue.ranges(domain, group)]
        if not found:
            return []
        positions = np.concatenate(found)
        likeness = None if vector is None else self._above(self.vectors.cosines(vector, positions))
        scores = fused(sums[positions], likeness, words.all_idf)
        best = np.lexsort((positions, -scores))[:count]
        coverage = self.words.covered(words, positions[best]) / max(float(words.all_idf.sum()), 1e-9)
        return [
            Hit(self.catalogue.passage(int(position)), float(score), min(1.0, float(share)))
            for position, score, share in zip(positions[best], scores[best], coverage, strict=True)
            if score > _NOISE
        ]

    def neighbours(self, vector: Vector, count: int) -> list[Neighbour]:
        """The labelled examples closest to a vector, closest first; none for a text without features."""
        if not vector.any():
            return []
        places, cosines = self.examples.nearest(vector, count, 0, len(self.labels))
        found = zip(places, self._above(cosines), strict=True)
        return [Neighbour(self.labels[place], float(likeness)) for place, likeness in found]

    def _above(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosines as parts of the way from the background to 1."""
        return cosines if self.background == 0 else (cosines - self.background) / (1 - self.background)

    def _candidates(self, vector: Vector | None, sums: NDArray[np.float32], begin: int, end: int) -> Ids:
        """The positions in a range that are best by words or by wording; every one of a small range."""
        if end - begin <= _CANDIDATES:
            return np.arange(begin, end)
        by_words = begin + np.argpartition(-sums[begin:end], _CANDIDATES)[:_CANDIDATES]
        if vector is None:
            return by_words
        by_wording, _ = self.vectors.nearest(vector, _CANDIDATES, begin, end)
        return np.union1d(by_words, by_wording)
