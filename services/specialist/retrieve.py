"""Passages for a question, from the knowledge service, within the specialist's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.mesh.client import Mesh
from services.mesh.errors import CallFailed

KNOWLEDGE = knowledge_pb2.DESCRIPTOR.services_by_name["KnowledgeService"]
UNAVAILABLE = "knowledge_unavailable"


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages, best first; ``reachable`` is False when the knowledge service could not be asked."""

    passages: Sequence[knowledge_pb2.Passage] = ()
    reachable: bool = True


class Retriever:
    """Searches one domain's collections."""

    def __init__(self, mesh: Mesh, domain: specialist_pb2.Domain) -> None:
        self._knowledge = mesh.client(KNOWLEDGE)
        self._domain = domain

    async def passages(self, query: str, group: str = "", count: int = 4) -> Retrieved:
        """The passages that fit best. A knowledge service that is away yields none and says so."""
        request = knowledge_pb2.SearchRequest(query=query, group=group, domain=self._domain, page_size=count)
        try:
            answer = await self._knowledge.Search(request)
        except CallFailed as failure:
            if not failure.absent:
                raise
            return Retrieved(reachable=False)
        return Retrieved(tuple(answer.passages))
