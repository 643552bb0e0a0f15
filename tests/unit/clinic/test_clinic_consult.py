"""The specialist's part of an answer, on the shipped sample, with and without passages."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.clinic.consult import Consultant
from services.clinic.opening_hours import SEOUL
from services.clinic.register import LOOK_AGAIN_SECONDS, Register
from services.clinic.store import ClinicStore, Kept
from services.clinic.telling import CALL_FIRST, SAMPLE_NOTICE
from services.specialist.retrieve import Retrieved

FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=SEOUL)
FRIDAY_NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=SEOUL)
SUNDAY = datetime(2026, 11, 22, 11, 0, tzinfo=SEOUL)
GANGNAM = (37.4979, 127.0276)
PASSAGE = knowledge_pb2.Passage(
    id="uh-id", title="신분증", text="병원에 갈 때는 신분증을 챙기세요.", source="안내", as_of="2026-11-20", score=0.8
)
FORBIDDEN = ("드셔도 됩니다", "괜찮습니다", "진단해", "처방해")


class Passages:
    """A knowledge service that answers the same to everything, or is away."""

    def __init__(self, *passages: knowledge_pb2.Passage, reachable: bool = True) -> None:
        self.answer, self.asked = Retrieved(passages, reachable), []  # type: ignore[var-annotated]

    async def passages(self, query: str, group: str = "", count: int = 4) -> Retrieved:
        self.asked.append((query, group))
        return self.answer


AWAY = Passages(reachable=False)


async def consult(
    store: ClinicStore,
    question: str,
    now: datetime = FRIDAY,
    location: tuple[float, float] | None = None,
    passages: Passages = AWAY,
) -> specialist_pb2.ConsultResponse:
    consultant = Consultant(Register(store), passages, lambda: now)  # type: ignore[arg-type]
    draft, confidence = await consultant.consult(question, location)
    return draft.response(confidence)


def said(response: specialist_pb2.ConsultResponse) -> list[str]:
    return [statement.text for statement in response.statements]


async def test_open_pharmacies_near_a_place_in_words(sample: ClinicStore) -> None:
    response = await consult(sample, "강남역 근처 지금 문 연 약국", FRIDAY_NIGHT)
    lines = said(response)
    assert lines[0] == "강남역 기준으로 가까운 순서로 지금 문을 연 약국을 안내합니다."
    assert lines[1].startswith("(표본) 강남역약국(공공심야약국): ")
    assert "지금 영업 중(익일 01:00까지)" in lines[1]
    assert lines[-2:] == [CALL_FIRST, SAMPLE_NOTICE]
    assert all(statement.settled and statement.evidence_ids for statement in response.statements)
    assert not response.missing


async def test_every_listed_facility_has_its_own_dated_evidence(sample: ClinicStore) -> None:
    response = await consult(sample, "근처 약국", location=GANGNAM)
    evidence = {one.id: one for one in response.evidence}
    for statement in response.statements[1:-2]:
        (id,) = statement.evidence_ids
        assert id.startswith("clinic/")
        assert statement.text.startswith(evidence[id].title)
        assert (evidence[id].as_of, evidence[id].source[-4:]) == ("2026-11-20", "(표본)")


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("대전 둔산동에 주말에도 하는 치과 있을까요", "(표본) 둔산치과의원"),
        ("강남역 근처 야간진료 내과 찾아주세요", "(표본) 강남역내과의원"),
        ("제주 연동에 공휴일에 여는 병원", "연동365일의원"),
        ("노원 치과 추천", "(표본) 노원치과의원"),
        ("분당에 달빛어린이병원 있나요", "강남병원(달빛어린이병원)"),
    ],
)
async def test_kind_department_time_and_place_are_understood(sample: ClinicStore, question: str, first: str) -> None:
    assert said(await consult(sample, question))[1].startswith(first)


async def test_the_words_of_a_question_come_before_the_device(sample: ClinicStore) -> None:
    assert said(await consult(sample, "부산 서면 약국", location=GANGNAM))[0].startswith("서면역 기준")


async def test_a_sick_child_on_sunday_is_shown_a_moonlight_hospital_too(sample: ClinicStore) -> None:
    text = " ".join(said(await consult(sample, "오늘 일요일인데 문 연 소아과", SUNDAY, (37.5133, 127.1001))))
    assert "달빛어린이병원" in text
    assert "지금 진료 중" in text


async def test_none_known_to_be_open_says_so_and_where_to_ask(sample: ClinicStore) -> None:
    response = await consult(sample, "서면 이비인후과 새벽 3시에 여는 곳")
    lines = said(response)
    assert "확인되는 이비인후과가 없습니다" in lines[0]
    assert "129" in lines[1]
    assert "진료하지 않음" in lines[2]


async def test_without_a_place_it_asks_for_one_and_names_the_channels(sample: ClinicStore) -> None:
    response = await consult(sample, "새벽에 여는 약국 어디 있어요")
    assert "E-Gen" in said(response)[0]
    assert "동네나 역" in response.clarifying_question
    assert list(response.missing) == ["knowledge_unavailable"]


async def test_a_shared_place_name_is_asked_back(sample: ClinicStore) -> None:
    response = await consult(sample, "중구 약국 알려줘")
    assert response.clarifying_question == "어느 지역의 중구인지 시·도까지 알려 주시겠어요?"


async def test_questions_on_how_things_are_done_quote_the_passage(sample: ClinicStore) -> None:
    passages = Passages(PASSAGE)
    response = await consult(sample, "병원 갈 때 신분증 꼭 있어야 하나요", location=GANGNAM, passages=passages)
    assert said(response) == ["병원에 갈 때는 신분증을 챙기세요."]
    assert response.statements[0].evidence_ids == ["knowledge/uh-id"]
    assert response.confidence == pytest.approx(0.8)


async def test_how_to_find_searches_the_group_and_still_lists(sample: ClinicStore) -> None:
    passages = Passages(PASSAGE)
    response = await consult(sample, "밤에 문 연 약국 어떻게 찾아요", FRIDAY_NIGHT, GANGNAM, passages)
    assert passages.asked == [("밤에 문 연 약국 어떻게 찾아요", "using_hospitals")]
    text = " ".join(said(response))
    assert "휴일지킴이약국" in text
    assert "강남역약국" in text


async def test_a_passage_about_something_else_is_not_quoted(sample: ClinicStore) -> None:
    far = knowledge_pb2.Passage(id="x", text="다른 이야기입니다.", score=0.1)
    assert said(await consult(sample, "병문안 시간 언제예요", passages=Passages(far))) == []


async def test_beside_a_wish_for_facilities_only_a_clear_passage_is_quoted(sample: ClinicStore) -> None:
    vague = knowledge_pb2.Passage(id="x", text="다른 이야기입니다.", score=0.4)
    (line,) = said(await consult(sample, "토요일 오후 피부과 여는 데 있음?", passages=Passages(vague)))
    assert "E-Gen" in line


async def test_a_facility_question_nothing_answers_is_asked_back(sample: ClinicStore) -> None:
    response = await consult(sample, "읍내에 보건지소가 있다던데 문 닫는 시간", passages=Passages())
    assert response.clarifying_question
    assert response.statements


class TestNamedHospitals:
    async def test_the_asked_point_comes_first(self, sample: ClinicStore) -> None:
        lines = said(await consult(sample, "주차되나요 세브란스"))
        assert lines[0].startswith("세브란스병원의 주차 안내는 '유료 주차'입니다.")
        assert "1599-1004" in lines[1]
        assert lines[-1] == SAMPLE_NOTICE

    async def test_a_telephone_question_gets_the_number_first(self, sample: ClinicStore) -> None:
        assert "1588-5700" in said(await consult(sample, "서울대병원 전화번호"))[0]

    async def test_hours_on_a_named_day(self, sample: ClinicStore) -> None:
        assert said(await consult(sample, "세브란스 토요일 진료하나요"))[0] == "세브란스병원: 토요일(11월 21일) 휴진."

    async def test_a_department_and_what_is_not_recorded(self, sample: ClinicStore) -> None:
        response = await consult(sample, "아산병원 안과 예약 전화로만 되나요", passages=Passages(PASSAGE))
        text = " ".join(said(response))
        assert "진료과목에 안과가 있습니다" in text
        assert "예약 방법 안내는 자료에 없습니다" in text
        assert "1688-7575" in text
        assert "신분증" in text

    async def test_unknown_hours_are_said_to_be_unknown(self, sample: ClinicStore) -> None:
        assert "자료에 없습니다" in said(await consult(sample, "원자력병원 진료시간"))[0]

    async def test_a_hospital_as_a_landmark_is_a_place(self, sample: ClinicStore) -> None:
        assert said(await consult(sample, "삼성병원 근처 약국"))[0].startswith("삼성서울병원 기준")


async def test_limits_of_the_records_are_named(sample: ClinicStore) -> None:
    text = " ".join(said(await consult(sample, "분당 쪽에 MRI 되는 류마티스내과 있나요")))
    assert "검사 장비는 자료에 없으므로" in text
    assert "류마티스내과가 따로 없어" in text


@pytest.mark.parametrize("question", ["강남역 약국", "세브란스 예약", "분당 소아과 지금", "약국", "병원"])
async def test_never_permission_nor_promise(sample: ClinicStore, question: str) -> None:
    text = " ".join(said(await consult(sample, question, FRIDAY_NIGHT, GANGNAM)))
    assert not [words for words in FORBIDDEN if words in text]


async def test_new_exports_are_noticed_after_a_while(sample: ClinicStore) -> None:
    now = [0.0]
    register = Register(sample, lambda: now[0])
    first = await register.known()
    await sample.keep(Kept.HOLIDAYS, "another", [{"date": date(2026, 11, 23), "name": "임시공휴일"}], 1, 0)
    await sample.finish(Kept.HOLIDAYS, "another", [{"date": date(2026, 11, 23)}], 0)
    assert await register.known() is first
    now[0] += LOOK_AGAIN_SECONDS + 1
    assert (await register.known()).holidays == {date(2026, 11, 23): "임시공휴일"}
