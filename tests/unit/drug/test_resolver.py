"""What names and questions are understood as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.drug.allergies import allergens
from services.drug.resolver import Resolver
from tests.unit.drug.conftest import BRANDS, INGREDIENTS


@pytest.mark.parametrize(
    ("typed", "kind", "meant"),
    [
        ("타이레놀", "brand", "타이레놀"),
        ("타이레놀정 500mg", "brand", "타이레놀"),
        ("타이레놀이랑", "brand", "타이레놀"),
        ("타이래놀", "brand", "타이레놀"),
        ("게보링", "brand", "게보린"),
        ("ㅌㅏ이레놀", "brand", "타이레놀"),
        ("타이레놀콜드", "brand", "타이레놀콜드에스"),
        ("Acetaminophen", "ingredient", "아세트아미노펜"),
        ("고혈압약", "class", "고혈압약"),
        ("990000001", "item", "990000001"),
    ],
)
def test_typed_names(resolver: Resolver, typed: str, kind: str, meant: str) -> None:
    meaning = resolver.understand(typed)
    assert meaning is not None
    assert (meaning.kind, meaning.keys) == (kind, (meant,))


@pytest.mark.parametrize("typed", ["약과", "감기", "약", "건강", "어린이", "케토펜", "뽀로뽀정", "1234", "!!", ""])
def test_what_is_no_medicine_stays_unknown(resolver: Resolver, typed: str) -> None:
    assert resolver.understand(typed) is None


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("타이레놀이랑 게보린 같이 먹어도 돼요?", ["타이레놀", "게보린"]),
        ("감기인데타이레놀먹어도되나", ["타이레놀"]),
        ("펠로디핀(혈압약)이랑 자몽주스", ["펠로디핀"]),
        ("고혈압 약 먹는데 신지로이드 먹어도", ["고혈압약", "신지로이드"]),
        ("아스피린 프로텍트 쪼개먹어도", ["아스피린프로텍트"]),
        ("약과 먹고 코자니까 건강한데 감기", []),
        ("코자정 부작용", ["코자"]),
        ("타이래놀 타이레놀", ["타이래놀"]),
    ],
)
def test_mentions(resolver: Resolver, question: str, found: list[str]) -> None:
    assert [mention.text for mention in resolver.mentions(question)] == found


@given(st.text(max_size=120))
def test_any_text_is_read_without_failing(text: str) -> None:
    from services.drug.lay_words import LayWords
    from services.drug.lexicon import Lexicon

    wild = Resolver(Lexicon(BRANDS, INGREDIENTS, LayWords()))
    wild.mentions(text)
    wild.understand(text)


def test_a_slip_is_less_sure_than_the_name(resolver: Resolver) -> None:
    right, slip = resolver.understand("게보린"), resolver.understand("게보링")
    assert right is not None
    assert slip is not None
    assert slip.confidence < right.confidence


def test_allergies_cover_their_family(resolver: Resolver) -> None:
    assert "아목시실린" in allergens("페니실린", resolver)
    assert "이부프로펜" in allergens("아스피린", resolver)
    assert allergens("아세트아미노펜", resolver) == ("아세트아미노펜",)
    assert allergens("복숭아", resolver) == ()
