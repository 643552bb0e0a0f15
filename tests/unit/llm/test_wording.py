"""Every failure has an honest Korean sentence."""

import re

import pytest

from services.llm.failure import Kind, Notice
from services.llm.wording import cost, noticed, told
from services.safety.claims import forbidden


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("begun", [True, False])
def test_every_failure_is_told_in_whole_korean_sentences(kind, begun):
    said = told(kind, begun=begun)
    assert re.fullmatch(r"(?:[^.A-Za-z]+니다\.\s?)+", said)
    assert ("완성되지 않았" in said) is begun
    assert not forbidden(said)


def test_no_two_failures_are_told_alike():
    assert len({told(kind) for kind in Kind}) == len(Kind)


@pytest.mark.parametrize("notice", Notice)
def test_every_notice_has_its_sentence(notice):
    assert noticed(notice).endswith(".")


def test_an_unknown_cost_says_so():
    assert "알 수 없음" in cost(None)
    assert cost(0.00123) == "$0.001230"
