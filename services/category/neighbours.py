"""Labelled questions close to a text, from the knowledge service, within the time that classification has for them."""

from __future__ import annotations

from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.category.combiner import Neighbour
from services.mesh import telemetry
from services.mesh.client import Mesh
from services.mesh.errors import CallFailed

KNOWLEDGE = knowledge_pb2.DESCRIPTOR.services_by_name["KnowledgeService"]
# Half of what Classify has: the model's own answer must still arrive in time when knowledge is late.
SECONDS = 0.15
COUNT = 15


class Neighbours:
    """Asks for neighbours."""

    def __init__(self, mesh: Mesh) -> None:
        self._knowledge = mesh.client(KNOWLEDGE)

    async def of(self, text: str) -> list[Neighbour] | None:
        """The closest labelled questions; None when the knowledge service is away or late."""
        request = knowledge_pb2.FindNeighboursRequest(text=text, page_size=COUNT)
        try:
            answer = await self._knowledge.FindNeighbours(request, timeout=SECONDS)
        except CallFailed as failure:
            if not failure.absent:
                raise
            telemetry.DEGRADED.labels("category", "knowledge_unavailable").inc()
            return None
        return [Neighbour(tuple(map(name_of, one.domains)), one.similarity) for one in answer.neighbours]


def name_of(domain: specialist_pb2.Domain) -> str:
    """DOMAIN_OUT_OF_SCOPE → "out_of_scope"."""
    return specialist_pb2.Domain.Name(domain).removeprefix("DOMAIN_").lower()


def number_of(name: str) -> specialist_pb2.Domain:
    """ "out_of_scope" → DOMAIN_OUT_OF_SCOPE."""
    return specialist_pb2.Domain.Value(f"DOMAIN_{name.upper()}")  # type: ignore[return-value]
