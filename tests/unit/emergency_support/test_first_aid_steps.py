"""Every sign has steps; the steps say the key facts and nothing forbidden."""

import re

import orjson
import pytest

from services.emergency_support.first_aid import GENERAL, TABLE, first_aid
from services.emergency_support.guidance import advise
from services.safety.claims import forbidden
from services.safety.red_flags import RESEMBLES, Level, Sign
from services.safety.red_flags.rules import rules

ENTRIES = orjson.loads(TABLE.read_bytes())["entries"]
PARTS = [(entry["sign"], part) for entry in ENTRIES for part in (entry, *entry["variants"])]


def steps_for(code: str, told: str) -> str:
    return " ".join(first_aid().for_signs([Sign(code, "", Level.CALL_119)], told)[0].steps)


def test_every_sign_has_its_own_steps_and_no_step_is_without_a_sign() -> None:
    codes = {rule.sign.code for rule in rules()}
    assert {entry["sign"] for entry in ENTRIES} == codes | {GENERAL, RESEMBLES.code}


@pytest.mark.parametrize(("sign", "part"), PARTS, ids=lambda value: value if isinstance(value, str) else "")
def test_entries_are_short_sourced_and_lawful(sign: str, part: dict) -> None:
    assert 2 <= len(part["steps"]) <= 5
    assert [step for step in part["steps"] if forbidden(step) or not step.endswith(".") or len(step) > 120] == []
    assert re.search(r"119|112|응급실|병원", " ".join(part["steps"]))


def test_entries_name_their_source_and_date_and_nobody_signed_them() -> None:
    assert all(entry["source"] and entry["asOf"] and entry["reviewedBy"] == "" for entry in ENTRIES)


@pytest.mark.parametrize(
    ("code", "told", "facts"),
    [
        ("cardiac_arrest", "남편이 숨을 안 쉬어요", ["5cm", "100~120회", "119", "AED"]),
        ("cardiac_arrest", "3개월 아기가 숨을 안 쉬어요", ["4cm", "100~120회", "인공호흡"]),
        ("cardiac_arrest", "다섯살 아이가 숨을 안 쉬어요", ["4~5cm", "100~120회"]),
        (
            "choking",
            "8개월 아기가 과자가 목에 걸렸어요",
            ["등", "가슴압박 5회", "복부 밀어내기(하임리히법)는", "하지 마세요"],
        ),
        ("choking", "두돌 아기가 포도가 목에 걸렸어요", ["복부 밀어내기를 5회"]),
        ("choking", "임신부가 떡이 목에 걸렸어요", ["배 대신", "가슴뼈"]),
        ("choking", "아버지가 떡이 목에 걸렸어요", ["5회", "하임리히"]),
        ("stroke", "말이 어눌해요", ["시작된 시각", "먹이지 마세요", "4.5시간", "119"]),
        ("heart_attack", "가슴이 조여요", ["소화제", "지금 바로 119"]),
        ("seizure", "경련해요", ["입에는", "5분", "119"]),
        ("burn", "끓는 물", ["10~20분", "흐르는 시원한 물"]),
        ("poisoning", "하수구 세정제를 삼켰어요", ["토하게 하지 마세요", "119"]),
        ("poisoning", "제초제를 마셨어요", ["한 모금이라도"]),
        ("envenomation", "뱀에 물렸어요", ["빨아내거나", "움직이지 않게"]),
        ("amputation", "손가락이 잘렸어요", ["밀봉", "얼음", "직접 닿게 하지 마세요"]),
        ("foreign_body", "건전지를 삼켰어요", ["2시간", "지금 바로 응급실"]),
        ("hypoglycemia", "떨려요", ["15~20g", "15분", "의식"]),
        ("hypoglycemia", "인슐린 맞고 사람을 못알아봐요", ["아무것도 넣지"]),
        ("heatstroke", "땡볕", ["그늘", "물을 뿌리고", "119"]),
        ("carbon_monoxide", "난로", ["밖으로", "환기", "119"]),
        ("infant_fever", "생후 2개월", ["3개월", "지금 바로 응급실"]),
        ("suicide_risk", "죽고 싶어요", ["109", "119"]),
        ("suicide_risk", "친구가 죽고 싶대요", ["혼자 두지", "109", "112"]),
        ("anaphylaxis", "새우 먹고", ["허벅지 바깥쪽", "119"]),
        ("obstetric", "임신 34주인데 피가 나요", ["왼쪽으로", "119"]),
        ("obstetric", "임신 중 머리가 아프고 눈앞이 번쩍", ["임신중독증"]),
    ],
)
def test_key_facts(code: str, told: str, facts: list[str]) -> None:
    said = steps_for(code, told)
    assert [fact for fact in facts if fact not in said] == []


def test_a_sign_without_steps_of_its_own_gets_the_general_ones() -> None:
    found = first_aid().for_signs([Sign("unheard_of", "", Level.CALL_119)], "")
    assert [entry.id for entry in found] == ["first_aid/general"]


def test_what_acts_in_seconds_stands_before_what_many_causes_share() -> None:
    signs = [Sign(code, "", Level.CALL_119) for code in ("syncope", "heatstroke", "consciousness", "cardiac_arrest")]
    found = [entry.id for entry in first_aid().for_signs(signs, "밭에서")]
    assert found[:2] == ["first_aid/cardiac_arrest", "first_aid/heatstroke"]


@pytest.mark.parametrize(
    ("question", "id"),
    [
        ("심폐소생술 어떻게 해요", "first_aid/cardiac_arrest"),
        ("하임리히법 방법", "first_aid/choking"),
        ("에피펜은 어디에 놓고 뭘 해야 하나요", "first_aid/anaphylaxis"),
    ],
)
def test_a_question_that_wants_to_learn_first_aid(question: str, id: str) -> None:
    assert [entry.id for entry in first_aid().about(question)] == [id]


@pytest.mark.parametrize(
    "question", ["심폐소생술 교육 어디서 받아요", "화상 흉터 없애는 방법", "약국 어디예요", "뇌졸중 예방 방법"]
)
def test_a_question_about_something_else(question: str) -> None:
    assert first_aid().about(question) == []


def test_guidance_per_level() -> None:
    call = advise(first_aid(), "아빠가 갑자기 쓰러져서 숨을 안 쉬어요")
    assert call.level is Level.CALL_119
    assert call.hotline == "119"
    assert "즉시 119에 신고하거나 응급실을 방문하세요" in call.guidance
    assert "가슴압박" in call.guidance

    crisis = advise(first_aid(), "요즘 너무 힘들어서 그냥 죽고 싶어요")
    assert crisis.level is Level.CRISIS
    assert crisis.hotline == "109"
    assert "109" in crisis.guidance

    none = advise(first_aid(), "감기약 부작용이 뭐예요")
    assert (none.level, none.guidance, none.hotline, none.entries) == (Level.NONE, "", "", ())


def test_an_attempt_under_way_is_119_first_and_names_109_too() -> None:
    advice = advise(first_aid(), "죽으려고 방금 수면제를 다 먹었어요")
    assert advice.level is Level.CALL_119
    assert advice.hotline == "119"
    assert "109" in advice.guidance + " ".join(step for entry in advice.entries for step in entry.steps)
