"""CategoryService: decode, call, encode."""

from __future__ import annotations

from typing import Any

from medichain.category.v1 import category_pb2 as pb
from services.category.classifier import classified
from services.category.model import Model
from services.category.neighbours import Neighbours, number_of
from services.mesh.errors import InvalidField
from services.safety.text import normalised


class CategoryServicer:
    """Sorts questions into domains."""

    def __init__(self, model: Model, neighbours: Neighbours) -> None:
        self._model, self._neighbours = model, neighbours

    async def Classify(self, request: pb.ClassifyRequest, context: Any) -> pb.ClassifyResponse:
        question = normalised(request.question)
        if not question:
            raise InvalidField("question", "must hold something to read")
        close = await self._neighbours.of(question)
        found = classified(self._model, question, close or ())
        return pb.ClassifyResponse(
            domains=[pb.DomainScore(domain=number_of(name), confidence=chance) for name, chance in found.domains],
            emergency=pb.EmergencySummary(level=int(found.level)),  # type: ignore[arg-type]
            rules_only=close is None,
        )
