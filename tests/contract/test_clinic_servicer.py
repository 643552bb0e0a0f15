"""ClinicService and its Consult, in process, on the shipped sample."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy.engine import make_url

from medichain.clinic.v1 import clinic_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.clinic.consult import Consultant
from services.clinic.ingest import take_exports_in
from services.clinic.list_nearby import NearbyLister
from services.clinic.opening_hours import SEOUL
from services.clinic.register import Register
from services.clinic.servicer import ClinicServicer
from services.clinic.store import ClinicStore
from services.mesh.errors import InvalidField, MeshError
from services.mesh.validation import validate
from services.specialist.retrieve import Retrieved
from services.storage.engine import open_engine
from services.storage.migrate import migrate

FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=SEOUL)
GANGNAM = {"latitude": 37.4979, "longitude": 127.0276}


class KnowledgeAway:
    async def passages(self, query: str, group: str = "", count: int = 4) -> Retrieved:
        return Retrieved(reachable=False)


@pytest.fixture
async def servicer(tmp_path: pathlib.Path) -> AsyncIterator[ClinicServicer]:
    url = make_url(f"sqlite+aiosqlite:///{tmp_path / 'reference.sqlite3'}")
    await migrate("reference", url)
    engine = open_engine(url)
    store = ClinicStore(engine)
    async for _ in take_exports_in(store):
        pass
    register = Register(store)
    consultant = Consultant(register, KnowledgeAway(), lambda: FRIDAY)  # type: ignore[arg-type]
    yield ClinicServicer(NearbyLister(register, lambda: FRIDAY), consultant)
    await engine.dispose()


async def listed(servicer: ClinicServicer, **fields: object) -> pb.ListNearbyClinicsResponse:
    response: pb.ListNearbyClinicsResponse = await servicer.ListNearbyClinics(
        pb.ListNearbyClinicsRequest(**{**GANGNAM, **fields}), None
    )
    return response


async def test_by_distance_within_five_kilometres_twenty_at_most(servicer: ClinicServicer) -> None:
    response = await listed(servicer)
    distances = [clinic.distance_meters for clinic in response.clinics]
    assert distances == sorted(distances)
    assert 0 < len(distances) <= 20
    assert distances[-1] <= 5000
    assert response.judged_at == "2026-11-20T14:00:00+09:00"


async def test_a_record_is_told_whole_and_a_rating_nobody_gives_is_absent(servicer: ClinicServicer) -> None:
    response = await listed(servicer, kind=pb.CLINIC_KIND_PHARMACY, page_size=1)
    (pharmacy,) = response.clinics
    assert pharmacy.name == "(표본) 강남역365약국"
    assert pharmacy.kind == pb.CLINIC_KIND_PHARMACY
    assert (pharmacy.open_state, pharmacy.open_note) == (pb.OPEN_STATE_OPEN, "21:00까지")
    assert pharmacy.hours_today == "09:00~21:00"
    assert not pharmacy.HasField("rating")
    assert pharmacy.as_of == "2026-11-20"


async def test_open_now_means_open_at_the_asked_moment(servicer: ClinicServicer) -> None:
    response = await listed(servicer, kind=pb.CLINIC_KIND_PHARMACY, open_now=True, at="2026-11-20T23:30")
    assert [clinic.name for clinic in response.clinics] == ["(표본) 강남역약국"]
    assert response.judged_at == "2026-11-20T23:30:00+09:00"


async def test_open_now_of_another_zone_is_judged_in_korean_time(servicer: ClinicServicer) -> None:
    response = await listed(servicer, at="2026-11-20T14:30:00Z")
    assert response.judged_at == "2026-11-20T23:30:00+09:00"


@pytest.mark.parametrize(("said", "official"), [("정신과", "정신건강의학과"), ("피부과", "피부과")])
async def test_a_department_as_people_say_it(servicer: ClinicServicer, said: str, official: str) -> None:
    response = await listed(servicer, department=said)
    assert response.clinics
    assert all(official in clinic.departments for clinic in response.clinics)


async def test_a_department_nobody_has_finds_nothing(servicer: ClinicServicer) -> None:
    assert not (await listed(servicer, department="점성술과")).clinics


async def test_moonlight_hospitals_only(servicer: ClinicServicer) -> None:
    response = await listed(servicer, moonlight=True, radius_km=30)
    assert response.clinics
    assert all(clinic.moonlight for clinic in response.clinics)


async def test_hours_may_be_unknown(servicer: ClinicServicer) -> None:
    response = await listed(servicer, latitude=37.6289, longitude=127.0830, radius_km=3)
    unknown = [clinic for clinic in response.clinics if clinic.open_state == pb.OPEN_STATE_UNKNOWN]
    assert [(clinic.name, clinic.open_note, clinic.hours_today) for clinic in unknown] == [
        ("원자력병원", "운영시간 정보 없음", "")
    ]


async def test_in_the_sea_there_is_nothing(servicer: ClinicServicer) -> None:
    assert not (await listed(servicer, latitude=-45.0, longitude=-179.99, radius_km=100)).clinics


async def test_a_moment_that_is_none_is_refused(servicer: ClinicServicer) -> None:
    with pytest.raises(InvalidField) as refused:
        await listed(servicer, at="내일 아침")
    assert refused.value.violations[0].field == "at"


@pytest.mark.parametrize(
    "bad", [{"latitude": 91.0}, {"longitude": float("nan")}, {"radius_km": 101.0}, {"page_size": 101}]
)
def test_the_contract_refuses_what_is_out_of_range(bad: dict[str, float]) -> None:
    with pytest.raises(MeshError):
        validate(pb.ListNearbyClinicsRequest(**{**GANGNAM, **bad}))  # type: ignore[arg-type]


async def test_consult_answers_from_the_own_tables_while_knowledge_is_away(servicer: ClinicServicer) -> None:
    request = specialist_pb2.ConsultRequest(
        question="근처에 지금 여는 약국 있나요", location=specialist_pb2.Location(**GANGNAM)
    )
    response = await servicer.Consult(request, None)
    assert "현재 위치 기준" in response.statements[0].text
    known = {evidence.id for evidence in response.evidence}
    assert all(set(statement.evidence_ids) <= known for statement in response.statements)
    assert response.confidence > 0.8


async def test_consult_without_a_location_does_not_take_the_gulf_of_guinea(servicer: ClinicServicer) -> None:
    response = await servicer.Consult(specialist_pb2.ConsultRequest(question="근처 약국"), None)
    assert response.clarifying_question
