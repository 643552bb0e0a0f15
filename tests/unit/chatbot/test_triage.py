"""Whoever is turned away still hears what to do in an emergency."""

import pytest

from medichain.emergency_support.v1 import emergency_support_pb2 as levels
from services.chatbot.triage import turned_away, urgent


@pytest.mark.parametrize(
    ("text", "level", "hotline"),
    [
        ("아버지가 갑자기 쓰러져서 숨을 안 쉬어요", levels.EMERGENCY_LEVEL_CALL_119, "119"),
        ("요즘 너무 힘들어서 죽고 싶어요", levels.EMERGENCY_LEVEL_CRISIS, "109"),
    ],
)
def test_an_emergency_is_announced_before_the_refusal(text, level, hotline):
    assert urgent(text)
    started, emergency = turned_away(text)
    assert started.started.exchange_id
    assert emergency.emergency.level == level
    assert emergency.emergency.hotline == hotline


def test_other_text_gets_the_refusal_alone():
    assert not urgent("타이레놀은 하루에 몇 알까지 먹나요?")
    assert list(turned_away("타이레놀은 하루에 몇 알까지 먹나요?")) == []
