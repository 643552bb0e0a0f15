"""Answers searches: reads the query, embeds it in company, looks it up in the index in use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.knowledge.analysis import Analysed, Analyser, analysed
from services.knowledge.batching import Batcher
from services.knowledge.index import Hit, Index, Neighbour
from services.mesh.errors import MeshError
from services.safety.text import normalised

# A question's topic stands in its beginning; analysing 8,000 characters would hold everybody else up for 0.1 s.
_READ = 1000
# Seconds a model's batch waits for company.
MODEL_WINDOW = 0.003
# Questions whose reading is kept, for the other specialists who ask about them.
_KEPT = 64

_Understood = tuple[Analysed, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and the version of the index that answered."""

    hits: Sequence[Hit]
    version: str


@dataclass(frozen=True, slots=True)
class InUse:
    """An index with its version."""

    index: Index
    version: str


@dataclass(frozen=True, slots=True)
class _Search:
    text: str
    domain: str
    group: str
    count: int

    def answer(self, use: InUse, query: Analysed, vector: NDArray[np.float32]) -> Found:
        return Found(use.index.search(query, vector, self.domain, self.group, self.count), use.version)


@dataclass(frozen=True, slots=True)
class _Likeness:
    text: str
    count: int

    def answer(self, use: InUse, query: Analysed, vector: NDArray[np.float32]) -> list[Neighbour]:
        return use.index.neighbours(vector, self.count)


class Reader:
    """Searches the index that ``in_use`` names; one that is swapped in answers from the next batch on."""

    def __init__(self, in_use: Callable[[], InUse], analyser: Analyser, window: float = 0.0) -> None:
        self._in_use, self._analyser = in_use, analyser
        self._kept: dict[str, _Understood] = {}
        self._kept_for: InUse | None = None
        self._answer: Batcher[_Search | _Likeness, Found | list[Neighbour]] = Batcher(self._together, window=window)

    async def search(self, text: str, domain: str = "", group: str = "", count: int = 5) -> Found:
        """The passages that fit a text best, of a domain and group or of any ("")."""
        found = await self._asked(_Search(normalised(text)[:_READ], domain, group, count))
        assert isinstance(found, Found)
        return found

    async def neighbours(self, text: str, count: int = 15) -> list[Neighbour]:
        """The labelled examples closest to a text."""
        found = await self._asked(_Likeness(normalised(text)[:_READ], count))
        assert isinstance(found, list)
        return found

    async def close(self) -> None:
        await self._answer.close()

    async def _asked(self, question: _Search | _Likeness) -> Found | list[Neighbour]:
        try:
            return await self._answer(question)
        except asyncio.QueueFull:
            raise MeshError("BUSY") from None

    def _together(self, questions: Sequence[_Search | _Likeness]) -> list[Found | list[Neighbour]]:
        use = self._in_use()
        read = self._understood(use, {asked.text for asked in questions})
        return [asked.answer(use, *read[asked.text]) for asked in questions]

    def _understood(self, use: InUse, texts: set[str]) -> dict[str, _Understood]:
        """The texts as the index in use reads them; a few are kept, as several specialists ask about one question."""
        if use is not self._kept_for or len(self._kept) > _KEPT:
            self._kept, self._kept_for = {}, use
        new = [text for text in texts if text not in self._kept]
        queries = [analysed(text, self._analyser.morphemes(text), use.index.lexicon) for text in new]
        if queries:
            vectors = use.index.embedder.embed(queries)
            self._kept.update(zip(new, zip(queries, vectors, strict=True), strict=True))
        return self._kept
