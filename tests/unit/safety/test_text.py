"""The normal and the compact form of what people type."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.safety.text import compact, normalised


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  숨을   못\r\n쉬어요\t", "숨을 못 쉬어요"),
        (unicodedata.normalize("NFD", "두통"), "두통"),
        ("두\u200b통\u202e\ufeff", "두통"),
        ("\ud800약\udfff", "약"),
        ("ㅅㄹㄹㅈ", "ㅅㄹㄹㅈ"),
        ("Tylenol 500mg", "Tylenol 500mg"),
        ("\u3164", ""),
    ],
)
def test_normalised(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


@pytest.mark.parametrize(
    ("typed", "solid"),
    [
        ("숨을 못 쉬어요ㅠㅠㅠ!!!", "숨을못쉬어요ㅠ!"),
        ("ＡＢＣ １１９", "abc119"),
        ("ㅅㄹㄹㅈ ㅋㅋㅋㅋ", "ㅅㄹㄹㅈㅋ"),
        ("38.7℃", "38.7c"),
        ("'타이레놀' (500㎎)", "타이레놀500mg"),
    ],
)
def test_compact(typed: str, solid: str) -> None:
    assert compact(typed) == solid


@given(st.text())
def test_both_forms_are_stable_and_clean(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in once)
    assert compact(compact(text)) == compact(text)
    assert " " not in compact(text)
