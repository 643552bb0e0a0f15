"""KnowledgeService over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from medichain.knowledge.v1 import knowledge_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.knowledge.index import Hit
from services.knowledge.keeper import Build, Keeper
from services.knowledge.reading import Reader

_PASSAGES, _NEIGHBOURS = 5, 15
_DOMAINS: dict[int, str] = {
    value.number: value.name.removeprefix("DOMAIN_").lower() if value.number else ""
    for value in specialist_pb2.Domain.DESCRIPTOR.values
}
_NUMBERS: dict[str, Any] = {name: number for number, name in _DOMAINS.items()}


class KnowledgeServicer:
    """Searches, and looks after the index."""

    def __init__(self, reader: Reader, keeper: Keeper) -> None:
        self._reader, self._keeper = reader, keeper

    async def Search(self, request: pb.SearchRequest, context: Any) -> pb.SearchResponse:
        domain, count = _DOMAINS[request.domain], request.page_size or _PASSAGES
        found = await self._reader.search(request.query, domain, request.group, count)
        return pb.SearchResponse(
            passages=map(_passage, found.hits), index_version=found.version, words_only=found.words_only
        )

    async def FindNeighbours(self, request: pb.FindNeighboursRequest, context: Any) -> pb.FindNeighboursResponse:
        found = await self._reader.neighbours(request.text, request.page_size or _NEIGHBOURS)
        return pb.FindNeighboursResponse(
            neighbours=[
                pb.Neighbour(domains=[_NUMBERS[label] for label in one.labels], similarity=one.similarity)
                for one in found
            ]
        )

    async def RebuildIndex(
        self, request: pb.RebuildIndexRequest, context: Any
    ) -> AsyncIterator[pb.RebuildIndexResponse]:
        async with aclosing(self._keeper.rebuild(request.force)) as steps:
            async for step in steps:
                version = self._keeper.manifest.version
                yield pb.RebuildIndexResponse(stage=step.stage, done=step.done, total=step.total, index_version=version)

    async def GetIndex(self, request: pb.GetIndexRequest, context: Any) -> pb.GetIndexResponse:
        use = self._keeper.in_use()
        return pb.GetIndexResponse(
            index_version=use.version,
            embedding_model=use.manifest.embedder,
            passages=use.manifest.passages,
            last_problem=self._keeper.problem,
            dimensions=use.index.dimensions,
            words_only=use.words_only,
            building=_building(self._keeper.building),
        )


def _building(build: Build | None) -> pb.IndexBuild | None:
    if build is None:
        return None
    step = build.progress
    return pb.IndexBuild(
        embedding_model=build.embedder, dimensions=step.dimensions, stage=step.stage, done=step.done, total=step.total
    )


def _passage(hit: Hit) -> pb.Passage:
    passage = hit.passage
    return pb.Passage(
        id=passage.id,
        domain=_NUMBERS[passage.domain],
        group=passage.group,
        title=passage.title,
        text=passage.text,
        source=passage.source,
        as_of=passage.as_of,
        reviewed_by=passage.reviewed_by,
        score=hit.score,
        coverage=hit.coverage,
    )
