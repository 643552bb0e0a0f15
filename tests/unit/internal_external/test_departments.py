"""Symptoms in people's words lead to the department that sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.internal_external.departments import Recommender
from services.internal_external.patient import is_child, is_pregnant
from services.internal_external.stems import stemmed
from services.internal_external.tables import load
from services.internal_external.telling import advice_sentences

TABLES = load()
RECOMMENDER = Recommender(TABLES)


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("누웠다 일어나면 천장이 빙글빙글 돌아요", "이비인후과"),
        ("소변에 피가 섞여 나와요", "비뇨의학과"),
        ("아침마다 손가락 마디가 한 시간 넘게 뻣뻣해요", "류마티스내과"),
        ("다리에 핏줄이 튀어나왔어요", "혈관외과"),
        ("가슴에 멍울이 만져져요", "유방외과"),
        ("치질은 어디로 가야 하나요", "대장항문외과"),
        ("코골이가 심해요", "이비인후과"),
        ("무릎이 너무 쑤셔요", "정형외과"),
        ("7살 아이가 변비가 심해요", "소아청소년과"),
        ("임신 33주인데 머리가 아프고 부어요", "산부인과"),
    ],
)
def test_leads_to(text, department):
    assert RECOMMENDER.advise(text).ranked[0].department.name == department


def test_shares_are_ordered_and_at_most_one():
    advice = RECOMMENDER.advise("손이 저리고 목이랑 어깨가 뻐근해요")
    shares = [ranked.share for ranked in advice.ranked]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.001


def test_asks_where_two_are_equally_likely():
    advice = RECOMMENDER.advise("담석이 있다는데 어느 과로 가나요")
    assert abs(advice.ranked[0].share - advice.ranked[1].share) < 0.1
    assert advice.question.endswith("?")


def test_does_not_ask_where_one_is_clear():
    assert RECOMMENDER.advise("코골이가 심해요").question == ""


def test_nothing_understood_means_nothing_recommended():
    assert RECOMMENDER.advise("오늘 날씨 어때요").ranked == ()


def test_particles_and_fillers_do_not_matter():
    assert stemmed("머리가 자꾸 아파요") == stemmed("머리 아파요")


def test_departments_named_in_the_question_longest_first():
    names = [one.name for one in RECOMMENDER.named("소화기내과랑 비뇨기과 차이")]
    assert names == ["소화기내과", "비뇨의학과"]
    assert [one.name for one in RECOMMENDER.named("불안과 우울이 있어요")] == []


@pytest.mark.parametrize(
    ("text", "child"),
    [
        ("5살 아들이 열나요", True),
        ("8개월 된 아기", True),
        ("고등학생 아들", False),
        ("30살인데", False),
        ("초등학생 딸", True),
    ],
)
def test_children_are_recognised(text, child):
    assert is_child(text) is child


def test_the_profiles_age_wins_over_words():
    assert not is_child("우리 아이가 아파요", age_months=240)


def test_pregnancy_is_recognised():
    assert is_pregnant("임신 12주인데요")
    assert not is_pregnant("임신은 아닌데 생리가 없어요")


def test_never_concludes():
    for row in TABLES.symptoms.values():
        advice = RECOMMENDER.advise(row.name)
        if advice.ranked:
            text = " ".join(advice_sentences(advice))
            assert "진단해" not in text
            assert "처방해" not in text


def test_every_symptoms_weights_add_up_to_one():
    for row in TABLES.symptoms.values():
        assert sum(fit.weight for fit in row.fits) == pytest.approx(1.0, abs=0.011), row.id


@given(st.text(max_size=500))
def test_any_text_is_understood_or_not_but_never_an_error(text):
    for ranked in RECOMMENDER.advise(text).ranked:
        assert 0 < ranked.share <= 1
