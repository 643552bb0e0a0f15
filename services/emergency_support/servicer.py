"""EmergencySupportService and SpecialistService over the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from medichain.emergency_support.v1 import emergency_support_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.emergency_support.consult import RADIUS_KM, Consultant
from services.emergency_support.first_aid import FirstAid
from services.emergency_support.guidance import advise
from services.emergency_support.rooms import Near, beds_of, nearest
from services.emergency_support.store import RoomStore
from services.safety.red_flags import Sign

PAGE = 5


class EmergencySupportServicer:
    """Assesses texts, lists emergency rooms, answers consultations."""

    def __init__(
        self, first_aid: FirstAid, store: RoomStore, consultant: Consultant, clock: Callable[[], datetime]
    ) -> None:
        self._first_aid, self._store, self._consultant, self._clock = first_aid, store, consultant, clock

    async def Assess(self, request: pb.AssessRequest, context: Any) -> Any:
        advice = advise(self._first_aid, request.text, request.earlier)
        return pb.AssessResponse(
            level=advice.level,  # type: ignore[arg-type]
            signs=[_sign(sign) for sign in advice.signs],
            guidance=advice.guidance,
            hotline=advice.hotline,
            steps=[pb.FirstAidStep(text=step, evidence_id=e.id) for e in advice.entries for step in e.steps],
        )

    async def ListNearbyEmergencyRooms(self, request: pb.ListNearbyEmergencyRoomsRequest, context: Any) -> Any:
        here, radius = (request.latitude, request.longitude), request.radius_km or RADIUS_KM
        found = nearest(await self._store.around(*here, radius), *here, radius, request.page_size or PAGE)
        now = self._clock()
        return pb.ListNearbyEmergencyRoomsResponse(
            emergency_rooms=[_room(near, now) for near in found], as_of=await self._store.as_of()
        )

    async def Consult(self, request: specialist_pb2.ConsultRequest, context: Any) -> Any:
        earlier = [turn.text for turn in request.history if turn.role == specialist_pb2.Turn.ROLE_USER]
        here = request.location
        location = (here.latitude, here.longitude) if request.HasField("location") else None
        draft, confidence = await self._consultant.consult(request.question, earlier, location)
        return draft.response(confidence)


def _sign(sign: Sign) -> pb.Sign:
    return pb.Sign(code=sign.code, name=sign.name, level=sign.level)  # type: ignore[arg-type]


def _room(near: Near, now: datetime) -> pb.EmergencyRoom:
    room, beds = near.room, beds_of(near.room, now)
    return pb.EmergencyRoom(
        hpid=room.hpid,
        name=room.name,
        address=room.address,
        phone=room.phone,
        emergency_phone=room.emergency_phone,
        kind=room.kind,
        location=specialist_pb2.Location(latitude=room.latitude, longitude=room.longitude),
        distance_meters=near.metres or 0,
        free_beds=beds.free,
        beds_reported_at=beds.reported_at.isoformat(timespec="seconds") if beds.reported_at else "",
        beds_age_minutes=beds.age_minutes,
        beds_stale=beds.stale,
    )
