"""An exclamation is no child."""

import re

import pytest

from services.drug.profile_cues import cues
from services.emergency_support.first_aid import first_aid
from services.internal_external.patient import is_child
from services.safety.people import A_CHILD
from services.safety.red_flags import assess


@pytest.mark.parametrize(
    "text", ["아이고 배가 아파요", "아이구 아버지가 쓰러졌어요", "아이고우리할배가", "아이폰 보다가 눈이"]
)
def test_is_not_about_a_child(text):
    assert not re.search(A_CHILD, text)
    assert not is_child(text)
    assert not cues(text).child


@pytest.mark.parametrize("text", ["아이가 열나요", "아이 고열이에요", "아이고열인데", "아이 구토해요"])
def test_is_about_a_child(text):
    assert re.search(A_CHILD, text)


@pytest.mark.parametrize("text", ["아이고 우리 할배가 숨을 안 쉬어", "아이구 아버지가 쓰러져서 숨을 안 쉬어요"])
def test_first_aid_is_an_adults(text):
    entries = first_aid().for_signs(assess(text).signs, text)
    assert "first_aid/cardiac_arrest_child" not in [entry.id for entry in entries]
