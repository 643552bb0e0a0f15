"""Follow-up questions take from the conversation what they need, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chatbot.follow_up import standalone


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        (["타이레놀 하루에 몇 알까지 먹어요?"], "그럼 아이는요?", ["타이레놀", "아이"]),
        (["이부프로펜 먹어도 되나요"], "임신 중에는요?", ["이부프로펜", "임신"]),
        (["타이레놀 먹고 술 마셔도 되나요"], "그럼 이부프로펜은요?", ["이부프로펜 먹고 술"]),
        (["와파린 먹는데 청국장 먹어도 되나요"], "그 약은 언제 먹어요?", ["와파린", "언제 먹어요"]),
        (["타이레놀 하루 최대 용량"], "아이는요", ["타이레놀", "아이"]),
        (["타이레놀 먹어도 돼요?", "그럼 아이는요?"], "임산부는요?", ["타이레놀", "임산부"]),
    ],
)
def test_takes_what_it_needs(earlier, question, expected):
    joined = standalone(question, earlier)
    for part in expected:
        assert part in joined


def test_another_medicine_takes_the_first_ones_place():
    assert "타이레놀" not in standalone("그럼 이부프로펜은요?", ["타이레놀 먹고 술 마셔도 되나요"])


@pytest.mark.parametrize(
    "question",
    [
        "강남역 근처 약국 알려주세요",
        "허리가 아픈데 어느 과로 가야 하나요?",
        "그런데 감기약을 먹고 운전을 하면 위험한지 궁금합니다",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question):
    assert standalone(question, ["타이레놀 하루에 몇 알까지 먹어요?"]) == question


def test_the_first_question_is_itself():
    assert standalone("그럼 아이는요?", []) == "그럼 아이는요?"


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=5))
def test_never_raises_and_never_loses_the_question(question, earlier):
    joined = standalone(question, earlier)
    assert isinstance(joined, str)
    if not earlier:
        assert joined == question.strip()
