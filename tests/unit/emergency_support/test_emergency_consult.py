"""The specialist's part of an answer, with and without passages and a place."""

from __future__ import annotations

import json
import pathlib
from datetime import datetime

import pytest

from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.emergency_support import telling
from services.emergency_support.consult import Consultant
from services.emergency_support.first_aid import first_aid
from services.emergency_support.repetition import says_again
from services.emergency_support.rooms import SEOUL
from services.emergency_support.store import RoomStore
from services.safety.claims import forbidden
from services.specialist.retrieve import UNAVAILABLE, Retrieved

DEV = pathlib.Path(__file__).parents[2] / "eval" / "dev"
FRESH = datetime(2026, 11, 20, 10, 5, tzinfo=SEOUL)
LATER = datetime(2026, 11, 21, 8, 55, tzinfo=SEOUL)
GANGNAM = (37.4979, 127.0276)


class Passages:
    """A knowledge service that answers the same to everything, or is away."""

    def __init__(self, *passages: knowledge_pb2.Passage, reachable: bool = True) -> None:
        self.answer = Retrieved(passages, reachable)

    async def passages(self, query: str, group: str = "", count: int = 4) -> Retrieved:
        return self.answer


AWAY = Passages(reachable=False)
SPOON = knowledge_pb2.Passage(
    id="fa-seizure",
    title="경련·발작할 때 응급처치",
    text="숟가락을 물리면 이가 부러지고 기도가 막힙니다. 경련하는 사람의 팔다리를 억지로 붙잡거나 주무르지 마세요.",
    score=0.8,
)
OTHER = knowledge_pb2.Passage(id="fa-kit", title="구급함", text="구급함에는 거즈와 반창고를 넣습니다.", score=0.4)


async def consult(
    store: RoomStore,
    question: str,
    passages: Passages = AWAY,
    earlier: tuple[str, ...] = (),
    location: tuple[float, float] | None = None,
    now: datetime = LATER,
) -> specialist_pb2.ConsultResponse:
    consultant = Consultant(first_aid(), store, passages, lambda: now)  # type: ignore[arg-type]
    draft, confidence = await consultant.consult(question, earlier, location)
    return draft.response(confidence)


def said(response: specialist_pb2.ConsultResponse) -> list[str]:
    return [statement.text for statement in response.statements]


async def test_steps_are_settled_cited_and_need_no_other_service(sample: RoomStore) -> None:
    response = await consult(sample, "엄마 얼굴 한쪽이 처지고 말이 어눌해졌어요")
    assert response.missing == [UNAVAILABLE]
    assert response.confidence > 0.9
    assert response.evidence[0].id == "first_aid/stroke"
    assert all(statement.settled and statement.evidence_ids for statement in response.statements)
    assert "시작된 시각" in " ".join(said(response))


async def test_what_the_question_asks_comes_after_the_first_step_and_nothing_twice(sample: RoomStore) -> None:
    response = await consult(sample, "옆 사람이 경련하는데 숟가락 물려야 하나요", Passages(SPOON))
    lines = said(response)
    assert "입에는" in lines[0]
    assert lines[1] == "숟가락을 물리면 이가 부러지고 기도가 막힙니다."
    assert not any("억지로" in line for line in lines)
    assert response.missing == []


async def test_a_weak_hit_about_something_else_is_not_quoted_in_an_emergency(sample: RoomStore) -> None:
    response = await consult(sample, "아빠가 숨을 안 쉬어요 쓰러졌어요", Passages(OTHER))
    assert not any(evidence.id == "knowledge/fa-kit" for evidence in response.evidence)


async def test_a_crisis_gets_109_and_no_list_of_rooms(sample: RoomStore) -> None:
    response = await consult(sample, "그냥 죽고 싶어요", location=GANGNAM)
    assert "109" in " ".join(said(response))
    assert not any(evidence.id.startswith("emergency_room/") for evidence in response.evidence)


async def test_rooms_near_the_person_with_fresh_beds_only(sample: RoomStore) -> None:
    question = "가까운 응급실 어디예요"
    stale = said(await consult(sample, question, location=GANGNAM, now=LATER))
    assert len(stale) == 4
    assert "km" in stale[0]
    assert telling.STALE in stale[-1]
    assert not any("빈 병상" in line for line in stale)
    fresh = said(await consult(sample, question, location=GANGNAM, now=FRESH))
    assert any("빈 병상" in line for line in fresh)


async def test_an_emergency_with_a_place_names_the_nearest_rooms(sample: RoomStore) -> None:
    lines = said(await consult(sample, "뜨거운 물을 얼굴에 뒤집어써서 피부가 벗겨졌어요 화상", location=GANGNAM))
    assert any("강남세브란스병원" in line for line in lines)
    assert "시원한 물" in lines[0]


async def test_without_a_place_119_knows_and_the_place_is_asked_for(sample: RoomStore) -> None:
    response = await consult(sample, "가까운 응급실 어디예요")
    assert said(response) == [telling.ASK_119]
    assert response.clarifying_question == telling.WHERE


async def test_a_place_far_from_every_room(sample: RoomStore) -> None:
    assert telling.NONE_NEAR in said(await consult(sample, "가까운 응급실 어디예요", location=(0.0, 0.0)))


async def test_a_district_in_words(sample: RoomStore) -> None:
    assert "해운대백병원" in said(await consult(sample, "해운대 응급실 전화번호"))[0]


async def test_how_to_questions_are_taught_from_the_table(sample: RoomStore) -> None:
    lines = " ".join(said(await consult(sample, "심폐소생술 가슴압박 깊이랑 속도가 어떻게 돼요")))
    assert "5cm" in lines
    assert "100~120회" in lines


async def test_a_follow_up_stays_with_the_emergency(sample: RoomStore) -> None:
    response = await consult(sample, "그 다음은요?", earlier=("아빠가 갑자기 쓰러져서 숨을 안 쉬어요",))
    assert response.evidence[0].id == "first_aid/cardiac_arrest"


async def test_nothing_is_said_about_what_is_unknown(sample: RoomStore) -> None:
    response = await consult(sample, "오늘 날씨 어때", Passages())
    assert list(response.statements) == []
    assert response.confidence == 0


@pytest.mark.parametrize("name", ["emergencies", "answers"])
async def test_the_development_set_gets_nothing_forbidden_and_no_more_than_fits(sample: RoomStore, name: str) -> None:
    for line in (DEV / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        response = await consult(sample, json.loads(line)["q"], location=GANGNAM)
        assert len(response.statements) <= 12
        assert [text for text in said(response) if forbidden(text)] == []


def test_says_again() -> None:
    step = "편하게 눕히고, 토하면 고개를 옆으로 돌려 기도를 지키세요."
    assert says_again("환자는 편하게 눕히고 토하면 고개를 옆으로 돌려 기도를 지키세요.", [step])
    assert not says_again("초콜릿은 흡수가 느리므로 첫 간식으로 피하세요.", [step])
    assert not says_again("무엇이든", [])
