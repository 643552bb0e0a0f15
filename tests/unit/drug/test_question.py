"""What a question says of its person, and what it asks."""

from __future__ import annotations

import pytest

from services.drug.aspects import ASPECTS, answering, asked
from services.drug.profile_cues import Cues, cues, with_cues
from services.drug.rules import Item, Person
from services.drug.visit import without_hypernyms, without_names


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("임신 30주인데 허리가 아파요", Cues(pregnant=True)),
        ("임신은 아닌데 먹어도 되나요", Cues(pregnant=False)),
        ("임신 계획이 있어요", Cues()),
        ("4개월 아기한테", Cues(age_months=4, child=True)),
        ("7살인데", Cues(age_months=84, child=True)),
        ("네살 아이가 할아버지 혈압약을", Cues(age_months=48, child=True)),
        ("초등 5학년 아이가", Cues(age_months=132, child=True)),
        ("75세 아버지", Cues(age_months=900)),
        ("70대 어머니", Cues(age_months=840)),
        ("어르신이 드세요", Cues(age_months=840, elderly=True)),
        ("모유수유 중", Cues(breastfeeding=True)),
        ("유통기한 6개월 지난 안약", Cues()),
        ("3개월째 먹는 약", Cues()),
        ("12세 미만은 안 되나요", Cues()),
    ],
)
def test_cues(question: str, said: Cues) -> None:
    assert cues(question) == said


def test_an_age_in_the_question_is_of_the_person_asked_about() -> None:
    mother = Person(age_months=400, pregnant=True, allergies={"페니실린": ("아목시실린",)})
    baby = with_cues(mother, cues("4개월 아기한테 먹여도 되나요"))
    assert (baby.age_months, baby.pregnant, baby.allergies) == (4, None, {})
    assert with_cues(mother, cues("두통이 있어요")) == mother


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("먹고 술 마셔도 되나요", "alcohol"),
        ("하루 최대 몇 mg", "dose"),
        ("임신 8주인데", "pregnancy"),
        ("운전해도 되나요", "driving"),
        ("개봉하고 며칠 보관", "storage"),
        ("7살 아이 용량", "dose"),
        ("쪼개 먹어도 되나요", "splitting"),
        ("무슨 약이에요", "use"),
    ],
)
def test_aspects(question: str, first: str) -> None:
    assert asked(question)[0].name == first


def test_sentences_that_speak_of_what_is_asked() -> None:
    record = {name: "" for aspect in ASPECTS for name in aspect.fields}
    record |= {"interactions": "이 약을 먹는 동안 술을 마시지 마세요. 커피를 줄이세요.", "usage": "하루 3번 드세요."}
    assert answering(record, asked("술 마셔도 되나요"), 3) == ["이 약을 먹는 동안 술을 마시지 마세요."]


def test_a_class_word_that_only_says_what_is_named_goes() -> None:
    fever = Item("해열제", "해열제", ("아세트아미노펜", "덱시부프로펜"), kind="class")
    first, second = Item("맥시부펜", "", ("덱시부프로펜",)), Item("챔프", "", ("아세트아미노펜",))
    assert without_hypernyms("해열제 교차 맥시부펜이랑 챔프", [fever, first, second]) == [first, second]
    assert without_hypernyms("해열제 먹었는데 챔프 더 먹어도", [fever, second]) == [fever, second]
    assert without_names("응급 피임약 어디서", [Item("피임약", "", ())]).strip() == "응급   어디서"
