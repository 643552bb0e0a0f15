"""KnowledgeService over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from medichain.knowledge.v1 import knowledge_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.knowledge.index import Hit
from services.knowledge.keeper import Keeper
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
        return pb.SearchResponse(passages=map(_passage, found.hits), index_version=found.version)

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
        manifest = self._keeper.manifest
        return pb.GetIndexResponse(
            index_version=manifest.version,
            embedding_model=manifest.embedder,
            passages=manifest.passages,
            last_problem=self._keeper.problem,
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
