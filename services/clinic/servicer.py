"""ClinicService and SpecialistService over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from medichain.clinic.v1 import clinic_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.clinic.consult import Consultant
from services.clinic.facility import CLINIC, HOSPITAL, PHARMACY, Facility
from services.clinic.list_nearby import Listed, NearbyLister, Request
from services.clinic.opening_hours import State
from services.mesh.errors import InvalidField

_KINDS = {
    pb.CLINIC_KIND_UNSPECIFIED: "",
    pb.CLINIC_KIND_HOSPITAL: HOSPITAL,
    pb.CLINIC_KIND_CLINIC: CLINIC,
    pb.CLINIC_KIND_PHARMACY: PHARMACY,
}
_KIND_OF = {name: number for number, name in _KINDS.items()}
_STATES = {
    State.OPEN: pb.OPEN_STATE_OPEN,
    State.CLOSED: pb.OPEN_STATE_CLOSED,
    State.UNKNOWN: pb.OPEN_STATE_UNKNOWN,
}


class ClinicServicer:
    """Lists facilities and answers consultations."""

    def __init__(self, lister: NearbyLister, consultant: Consultant) -> None:
        self._lister, self._consultant = lister, consultant

    async def ListNearbyClinics(self, request: pb.ListNearbyClinicsRequest, context: Any) -> Any:
        wanted = Request(
            request.latitude,
            request.longitude,
            request.radius_km,
            request.department,
            _KINDS[request.kind],
            request.moonlight,
            request.open_now,
            _moment(request.at),
            request.page_size,
        )
        judged_at, listed = await self._lister.list(wanted)
        return pb.ListNearbyClinicsResponse(
            clinics=[_clinic(one) for one in listed], judged_at=judged_at.isoformat(timespec="seconds")
        )

    async def Consult(self, request: specialist_pb2.ConsultRequest, context: Any) -> Any:
        here = request.location
        location = (here.latitude, here.longitude) if request.HasField("location") else None
        draft, confidence = await self._consultant.consult(request.question, location)
        return draft.response(confidence)


def _moment(given: str) -> datetime | None:
    if not given:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        raise InvalidField("at", "must be ISO 8601, e.g. 2026-11-20T21:00+09:00") from None


def _clinic(listed: Listed) -> pb.Clinic:
    facility: Facility = listed.facility
    return pb.Clinic(
        id=facility.id,
        name=facility.name,
        kind=_KIND_OF[facility.kind],
        kind_name=facility.kind_name,
        departments=facility.departments,
        address=facility.address,
        phone=facility.phone,
        url=facility.url,
        location=specialist_pb2.Location(latitude=facility.latitude, longitude=facility.longitude),
        distance_meters=listed.metres,
        open_state=_STATES[listed.judgement.state],
        open_note=listed.judgement.note,
        hours_today=listed.hours,
        rating=facility.rating,
        moonlight=facility.moonlight,
        as_of=facility.as_of,
    )
