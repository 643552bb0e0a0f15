"""InternalExternalService and this domain's SpecialistService: decode, call, encode."""

from __future__ import annotations

from typing import Any

from medichain.internal_external.v1 import internal_external_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.internal_external.consult import Consultant
from services.internal_external.departments import Ranked, Recommender
from services.mesh.errors import InvalidField
from services.safety.text import normalised

_SIDES = {"internal": pb.SIDE_INTERNAL, "surgical": pb.SIDE_SURGICAL}


class InternalExternalServicer:
    """Recommends departments."""

    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender

    async def RecommendDepartments(
        self, request: pb.RecommendDepartmentsRequest, context: Any
    ) -> pb.RecommendDepartmentsResponse:
        text = normalised(request.symptoms)
        if not text:
            raise InvalidField("symptoms", "must hold something to read")
        age = request.age_months if request.HasField("age_months") else None
        advice = self._recommender.advise(text, age)
        return pb.RecommendDepartmentsResponse(
            departments=[_department(ranked) for ranked in advice.ranked],
            warning_signs=advice.warnings,
            clarifying_question=advice.question,
            understood=[found.symptom.name for found in advice.found],
        )


class SpecialistServicer:
    """This domain's part of an answer."""

    def __init__(self, consultant: Consultant) -> None:
        self._consultant = consultant

    async def Consult(self, request: specialist_pb2.ConsultRequest, context: Any) -> specialist_pb2.ConsultResponse:
        age = request.profile.age_months if request.profile.HasField("age_months") else None
        draft, confidence = await self._consultant.consult(normalised(request.question), age)
        return draft.response(confidence)


def _department(ranked: Ranked) -> pb.Department:
    side = _SIDES.get(ranked.department.side, pb.SIDE_OTHER)
    return pb.Department(name=ranked.department.name, side=side, confidence=ranked.share, reason=ranked.reason)
