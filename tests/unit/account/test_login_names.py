"""Which names there are, and which two are one."""

import contextlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.account.login_names import LONGEST, SHORTEST, normal, typed
from services.mesh.errors import InvalidField

SAME = [
    ("Kim", "kim"),
    ("STRASSE", "straße"),
    ("Ａｄｍｉｎ", "admin"),
    ("ﬁona", "FIONA"),
    ("김민지", unicodedata.normalize("NFD", "김민지")),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    (" kim", "kim "),
    ("ǅora", "ǆORA"),
    ("①kim", "1KIM"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_name(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(("one", "other"), [("kim", "kim1"), ("김민지", "김민자"), ("kim lee", "kimlee"), ("rn", "m")])
def test_two_names(one, other):
    assert normal(one) != normal(other)


@given(st.text(max_size=80))
def test_the_normal_form_is_the_same_for_every_form_and_case_of_a_name(text):
    expected = normal(text)
    assert normal(expected) == expected
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert normal(unicodedata.normalize(form, text)) == expected


@given(st.text(max_size=80))
def test_whatever_is_typed_becomes_a_printable_name_or_is_refused(text):
    with contextlib.suppress(InvalidField):
        name = typed(text)
        assert SHORTEST <= len(normal(name)) <= LONGEST
        assert not any(char in name for char in "\r\n\0\t\u200b\u202e\u2028")


def test_the_name_is_shown_as_it_was_typed():
    assert typed("  Kim.Minji ") == "Kim.Minji"
    assert typed("김민지") == "김민지"


@pytest.mark.parametrize("name", ["", " ", "a", "  a  ", "x" * 65, "ﷺ" * 8])
def test_too_short_and_too_long(name):
    with pytest.raises(InvalidField):
        typed(name)
