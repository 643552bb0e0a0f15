"""Text as it enters the house."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_rest.text import cleaned


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("두통", "두통"),
        (unicodedata.normalize("NFD", "두통이 심해요"), "두통이 심해요"),
        ("두\x00통", "두통"),
        ("두\u200b통\ufeff", "두통"),
        ("\u202e통두\u202c", "통두"),
        ("\u2066두통\u2069", "두통"),
        ("ㅠㅠ 머리", "ㅠㅠ 머리"),
        ("한 줄\n두 줄\t끝", "한 줄\n두 줄\t끝"),
        (" \t\n", ""),
        ("\u200b \u2060", ""),
        ("", ""),
        (" 앞뒤 ", " 앞뒤 "),
        ("🤒" * 3, "🤒" * 3),
    ],
)
def test_cleaned(typed, kept):
    assert cleaned(typed) == kept


@given(st.text())
def test_cleaned_is_stable_and_valid(text):
    once = cleaned(text)
    assert cleaned(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\x00" not in once


def test_a_lone_surrogate_is_refused():
    with pytest.raises(UnicodeEncodeError):
        cleaned("a\ud800")
