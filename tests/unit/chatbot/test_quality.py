"""The quality score: between 0 and 1, higher for sourced, certain and whole answers."""

from hypothesis import given
from hypothesis import strategies as st

from services.chatbot.quality import quality

CITED = "타이레놀은 하루 4,000mg을 넘기지 마세요 [1]. 간이 나쁘면 의사와 상의하세요 [2]."
BARE = "타이레놀은 하루 4,000mg을 넘기지 마세요. 간이 나쁘면 의사와 상의하세요."


def test_sources_certainty_and_wholeness_raise_it():
    assert quality(CITED, 0.9, 0) > quality(BARE, 0.9, 0)
    assert quality(CITED, 0.9, 0) > quality(CITED, 0.3, 0)
    assert quality(CITED, 0.9, 0) > quality(CITED, 0.9, 2)


@given(st.text(), st.floats(0, 1), st.integers(0, 6))
def test_it_stays_within_its_bounds(text, confidence, missing):
    assert 0 <= quality(text, confidence, missing) <= 1
