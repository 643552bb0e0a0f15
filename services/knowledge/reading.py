"""Answers searches: reads the query, embeds it in company, looks it up in the index in use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.knowledge.analysis import Analysed, Analyser, analysed
from services.knowledge.batching import Batcher
from services.knowledge.embedding import Embedder, Vector
from services.knowledge.index import Hit, Index, Neighbour
from services.knowledge.query_vectors import QueryVectors
from services.knowledge.versions import Manifest
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.safety.text import normalised

# A question's topic stands in its beginning; analysing 8,000 characters would hold everybody else up for 0.1 s.
_READ = 1000
# Seconds a model's batch waits for company.
MODEL_WINDOW = 0.003
# Questions whose reading is kept, for the other specialists who ask about them.
_KEPT = 64

_Understood = tuple[Analysed, Vector | None]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the version of the index that answered, and whether it had words alone to go by."""

    hits: Sequence[Hit]
    version: str
    words_only: bool


@dataclass(frozen=True, slots=True)
class InUse:
    """An index with what it is made of, and the embedder or the endpoint that its query vectors come from."""

    index: Index
    manifest: Manifest
    embedder: Embedder | None = None
    endpoint: QueryVectors | None = None

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def words_only(self) -> bool:
        """Whether it has no way to a query's vector."""
        return self.embedder is None and self.endpoint is None


@dataclass(frozen=True, slots=True)
class _Question:
    """A text for an index, with the vector that its endpoint gave for it."""

    use: InUse
    text: str
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class _Search:
    of: _Question
    domain: str
    group: str
    count: int

    def answer(self, query: Analysed, vector: Vector | None) -> Found:
        use = self.of.use
        hits = use.index.search(query, vector, self.domain, self.group, self.count)
        return Found(hits, use.version, vector is None)


@dataclass(frozen=True, slots=True)
class _Likeness:
    of: _Question
    count: int

    def answer(self, query: Analysed, vector: Vector | None) -> list[Neighbour]:
        return [] if vector is None else self.of.use.index.neighbours(vector, self.count)


class Reader:
    """Searches the index that ``in_use`` names; one that is swapped in answers from the next question on."""

    def __init__(self, in_use: Callable[[], InUse], analyser: Analyser, window: float = 0.0) -> None:
        self._in_use, self._analyser = in_use, analyser
        self._kept: dict[str, _Understood] = {}
        self._kept_for: InUse | None = None
        self._answer: Batcher[_Search | _Likeness, Found | list[Neighbour]] = Batcher(self._together, window=window)

    async def search(self, text: str, domain: str = "", group: str = "", count: int = 5) -> Found:
        """The passages that fit a text best, of a domain and group or of any ("")."""
        found = await self._asked(_Search(await self._question(text), domain, group, count))
        assert isinstance(found, Found)
        return found

    async def neighbours(self, text: str, count: int = 15) -> list[Neighbour]:
        """The labelled examples closest to a text; none without a vector of it."""
        found = await self._asked(_Likeness(await self._question(text), count))
        assert isinstance(found, list)
        return found

    async def close(self) -> None:
        await self._answer.close()

    async def _question(self, text: str) -> _Question:
        use, text = self._in_use(), normalised(text)[:_READ]
        vector = await _from_endpoint(use, text)
        if vector is None and use.embedder is None:
            telemetry.DEGRADED.labels("knowledge", "vectors_unavailable").inc()
        return _Question(use, text, vector)

    async def _asked(self, question: _Search | _Likeness) -> Found | list[Neighbour]:
        try:
            return await self._answer(question)
        except asyncio.QueueFull:
            raise MeshError("BUSY") from None

    def _together(self, questions: Sequence[_Search | _Likeness]) -> list[Found | list[Neighbour]]:
        """The answers; questions of a batch are about two indexes while one takes the other's place."""
        answers: dict[int, Found | list[Neighbour]] = {}
        for use in {id(asked.of.use): asked.of.use for asked in questions}.values():
            its = [asked for asked in questions if asked.of.use is use]
            read = self._understood(use, {asked.of.text for asked in its})
            for asked in its:
                query, vector = read[asked.of.text]
                answers[id(asked)] = asked.answer(query, asked.of.vector if vector is None else vector)
        return [answers[id(asked)] for asked in questions]

    def _understood(self, use: InUse, texts: set[str]) -> dict[str, _Understood]:
        """The texts as an index reads them; a few are kept, as several specialists ask about one question."""
        if use is not self._kept_for or len(self._kept) > _KEPT:
            self._kept, self._kept_for = {}, use
        new = [text for text in texts if text not in self._kept]
        queries = [analysed(text, self._analyser.morphemes(text), use.index.lexicon) for text in new]
        if queries:
            vectors = use.embedder.embed(queries) if use.embedder else [None] * len(queries)
            self._kept.update(zip(new, zip(queries, vectors, strict=True), strict=True))
        return self._kept


async def _from_endpoint(use: InUse, text: str) -> Vector | None:
    """The text's vector when the index has its vectors from an endpoint, and this one can be compared with them."""
    if use.endpoint is None:
        return None
    if not text:
        return np.zeros(use.index.dimensions, dtype=np.float32)
    vector = await use.endpoint.of(text)
    return vector if vector is not None and len(vector) == use.index.dimensions else None
