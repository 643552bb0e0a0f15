"""EmergencySupportService and its Consult, in process."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import make_url

from medichain.emergency_support.v1 import emergency_support_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.emergency_support.consult import Consultant
from services.emergency_support.first_aid import first_aid
from services.emergency_support.ingest import take_exports_in
from services.emergency_support.rooms import SEOUL
from services.emergency_support.servicer import EmergencySupportServicer
from services.emergency_support.store import RoomStore
from services.specialist.retrieve import Retrieved
from services.storage.engine import open_engine
from services.storage.migrate import migrate

NOW = datetime(2026, 11, 20, 8, 55, tzinfo=SEOUL)


class NoKnowledge:
    async def passages(self, query: str, group: str = "", count: int = 4) -> Retrieved:
        return Retrieved(reachable=False)


@pytest.fixture
async def servicer(tmp_path: pathlib.Path) -> AsyncIterator[EmergencySupportServicer]:
    url = make_url(f"sqlite+aiosqlite:///{tmp_path / 'reference.sqlite3'}")
    await migrate("reference", url)
    engine = open_engine(url)
    store = RoomStore(engine)
    async for _ in take_exports_in(store):
        pass
    consultant = Consultant(first_aid(), store, NoKnowledge(), lambda: NOW)  # type: ignore[arg-type]
    yield EmergencySupportServicer(first_aid(), store, consultant, lambda: NOW)
    await engine.dispose()


async def test_assess_tells_level_signs_guidance_and_steps(servicer: EmergencySupportServicer) -> None:
    answer = await servicer.Assess(pb.AssessRequest(text="남편이 쓰러져서 숨을 안 쉬어요"), None)
    assert answer.level == pb.EMERGENCY_LEVEL_CALL_119
    assert answer.hotline == "119"
    assert answer.signs[0].level == pb.EMERGENCY_LEVEL_CALL_119
    assert "119" in answer.guidance
    assert answer.steps[0].evidence_id == "first_aid/cardiac_arrest"


async def test_assess_reads_the_earlier_turns(servicer: EmergencySupportServicer) -> None:
    request = pb.AssessRequest(text="왼팔도 저리고 식은땀이 나요", earlier=["가슴이 조이듯이 아파요"])
    assert (await servicer.Assess(request, None)).level == pb.EMERGENCY_LEVEL_CALL_119


async def test_assess_finds_nothing_in_small_talk(servicer: EmergencySupportServicer) -> None:
    answer = await servicer.Assess(pb.AssessRequest(text="비타민은 언제 먹나요"), None)
    assert answer == pb.AssessResponse(level=pb.EMERGENCY_LEVEL_NONE)


async def test_rooms_nearest_first_with_the_age_of_their_beds(servicer: EmergencySupportServicer) -> None:
    request = pb.ListNearbyEmergencyRoomsRequest(latitude=37.4979, longitude=127.0276)
    answer = await servicer.ListNearbyEmergencyRooms(request, None)
    rooms = answer.emergency_rooms
    assert answer.as_of == "2026-11-20"
    assert len(rooms) == 5
    assert [room.distance_meters for room in rooms] == sorted(room.distance_meters for room in rooms)
    for room in rooms:
        age = NOW - datetime.fromisoformat(room.beds_reported_at)
        fresh = timedelta(minutes=-5) <= age <= timedelta(minutes=30)
        assert room.beds_stale is not fresh
        assert room.HasField("free_beds") is fresh
        assert room.HasField("beds_age_minutes")


async def test_rooms_respect_radius_and_page_size(servicer: EmergencySupportServicer) -> None:
    request = pb.ListNearbyEmergencyRoomsRequest(latitude=37.4979, longitude=127.0276, radius_km=3, page_size=1)
    answer = await servicer.ListNearbyEmergencyRooms(request, None)
    assert len(answer.emergency_rooms) == 1
    assert answer.emergency_rooms[0].distance_meters <= 3000
    sea = pb.ListNearbyEmergencyRoomsRequest(latitude=0, longitude=0)
    assert list((await servicer.ListNearbyEmergencyRooms(sea, None)).emergency_rooms) == []


async def test_consult_uses_only_what_the_person_said(servicer: EmergencySupportServicer) -> None:
    turns = [
        specialist_pb2.Turn(role=specialist_pb2.Turn.ROLE_USER, text="아빠가 쓰러져서 숨을 안 쉬어요"),
        specialist_pb2.Turn(role=specialist_pb2.Turn.ROLE_ASSISTANT, text="뇌졸중이면 말이 어눌해집니다"),
    ]
    answer = await servicer.Consult(specialist_pb2.ConsultRequest(question="그 다음은요?", history=turns), None)
    assert answer.evidence[0].id == "first_aid/cardiac_arrest"
    assert "knowledge_unavailable" in answer.missing


async def test_consult_names_rooms_when_the_place_is_known(servicer: EmergencySupportServicer) -> None:
    here = specialist_pb2.Location(latitude=37.4979, longitude=127.0276)
    request = specialist_pb2.ConsultRequest(question="제일 가까운 응급실 어디예요", location=here)
    answer = await servicer.Consult(request, None)
    assert answer.evidence[0].id.startswith("emergency_room/")
    assert answer.statements[0].settled
