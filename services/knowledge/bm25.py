"""BM25 over morphemes (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009), as bm25s computes it."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bm25s
import numpy as np
import orjson
from numpy.typing import NDArray

from services.knowledge.vectors import Ids

# Saturation of repeated words, and how far a long passage is held against its words.
K1, B = 1.2, 0.5
_VOCABULARY = "vocabulary.json"

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Query:
    """A query's distinct words: the ids of those the corpus knows, their rarity, and the rarity of all the words."""

    ids: NDArray[np.int32]
    idf: Weights
    all_idf: Weights


class Bm25:
    """Scores documents; the contribution of a word is at most its idf, idf = ln(1 + (n - df + 0.5) / (df + 0.5))."""

    def __init__(self, scorer: Any, vocabulary: dict[str, int]) -> None:
        self._scorer, self._vocabulary = scorer, vocabulary
        self._indices, self._begins = scorer.scores["indices"], scorer.scores["indptr"]
        documents, frequencies = scorer.scores["num_docs"], np.diff(self._begins)
        self._idf: Weights = np.log1p((documents - frequencies + 0.5) / (frequencies + 0.5))
        self._unknown = float(np.log1p((documents + 0.5) / 0.5))

    @classmethod
    def built(cls, documents: Sequence[Sequence[str]]) -> Bm25:
        """An index over documents given as their words."""
        vocabulary: dict[str, int] = {}
        # bm25s cannot be without documents or words; an empty corpus has one document with a word nobody asks for.
        kept = documents if any(documents) else [[""]]
        ids = [[vocabulary.setdefault(word, len(vocabulary)) for word in document] for document in kept]
        scorer = bm25s.BM25(method="lucene", k1=K1, b=B)
        scorer.index((ids, vocabulary), create_empty_token=False, show_progress=False)
        return cls(scorer, vocabulary)

    @classmethod
    def opened(cls, folder: pathlib.Path) -> Bm25:
        scorer = bm25s.BM25.load(str(folder), load_vocab=False, mmap=True, show_progress=False)
        return cls(scorer, orjson.loads((folder / _VOCABULARY).read_bytes()))

    def save(self, folder: pathlib.Path) -> None:
        folder.mkdir()
        self._scorer.save(str(folder), show_progress=False)
        (folder / _VOCABULARY).write_bytes(orjson.dumps(self._vocabulary))

    def query(self, words: Sequence[str]) -> Query:
        """The words as the index knows them; a word it does not know is as rare as can be."""
        distinct = dict.fromkeys(words)
        ids = np.array([self._vocabulary[word] for word in distinct if word in self._vocabulary], dtype=np.int32)
        known = self._idf[ids]
        unknown = np.full(len(distinct) - len(ids), self._unknown)
        return Query(ids, known, np.concatenate((known, unknown)))

    def scores(self, query: Query) -> NDArray[np.float32]:
        """Every document's score, at least 0, at most the sum of the query's idf."""
        found: NDArray[np.float32] = self._scorer.get_scores_from_ids(query.ids)
        return found

    def covered(self, query: Query, documents: Ids) -> Weights:
        """For each document the sum of idf of the query's words that it holds."""
        total = np.zeros(len(documents))
        for id, weight in zip(query.ids, query.idf, strict=True):
            holders = self._indices[self._begins[id] : self._begins[id + 1]]
            total += weight * np.isin(documents, holders)
        return total
