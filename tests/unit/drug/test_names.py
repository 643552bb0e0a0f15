"""Names of products and of people's typing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.drug.jamo import distance, has_final, letters
from services.drug.names import core, key, product, strength
from services.drug.near_names import NearNames


@pytest.mark.parametrize(
    ("name", "brand", "amount"),
    [
        ("타이레놀정500밀리그람(아세트아미노펜)", "타이레놀", "500밀리그램"),
        ("타이레놀 500mg", "타이레놀", "500밀리그램"),
        ("트윈스타정40/5밀리그램(텔미사르탄/암로디핀베실산염)", "트윈스타", "40/5밀리그램"),
        ("란투스주솔로스타(인슐린글라진)", "란투스", ""),
        ("에피펜주0.3밀리그램", "에피펜", "0.3밀리그램"),
        ("용각산", "용각산", ""),
        ("알마겔현탁액(알마게이트)", "알마겔", ""),
        ("어린이부루펜시럽(이부프로펜)", "어린이부루펜", ""),
        ("동성정로환에프정", "동성정로환에프", ""),
        ("모티리톤정(현호색·견우자(5:1) 50%에탄올연조엑스(10→1))", "모티리톤", ""),
        ("콘서타OROS서방정18밀리그램(메틸페니데이트염산염)", "콘서타", "18밀리그램"),
    ],
)
def test_brand_core_and_strength(name: str, brand: str, amount: str) -> None:
    assert core(name) == brand
    assert strength(name).endswith(amount)


def test_key_folds_units_spaces_and_case() -> None:
    assert key(" 타이레놀 500 MG ") == key("타이레놀500밀리그람") == "타이레놀500밀리그램"


@given(st.text(max_size=80))
def test_key_is_stable_and_never_fails(text: str) -> None:
    assert key(key(text)) == key(text)
    assert len(core(text)) <= len(key(text))


def test_aliases_are_family_and_maker_less_names_but_never_an_ingredient() -> None:
    assert "판콜" in product("판콜에스내복액", "동화약품(주)").aliases
    assert "로섹" in product("유한로섹캡슐20밀리그램(오메프라졸)", "(주)유한양행").aliases
    assert "아스피린" not in product("아스피린프로텍트정100밀리그람", "바이엘코리아(주)", ("아스피린",)).aliases


@pytest.mark.parametrize(
    ("word", "final"), [("타이레놀", True), ("판피린티", False), ("와파린", True), ("4,000mg", True)]
)
def test_final_consonant(word: str, final: bool) -> None:
    assert has_final(word) is final


@pytest.mark.parametrize(
    ("one", "other", "apart"), [("타이레놀", "타이래놀", 0.5), ("게보린", "게보링", 1.0), ("약", "약", 0.0)]
)
def test_distance_in_letters(one: str, other: str, apart: float) -> None:
    assert distance(letters(one), letters(other), 3) == apart


@given(st.text("가나다라마바사아자타레놀", max_size=6), st.text("가나다라마바사아자타레놀", max_size=6))
def test_distance_is_symmetric(one: str, other: str) -> None:
    assert distance(letters(one), letters(other), 99) == distance(letters(other), letters(one), 99)


def test_near_names_keep_the_first_syllable() -> None:
    near = NearNames(("세토펜", "게보린"))
    assert near.nearest("세트펜", 1.0)[0][0] == "세토펜"
    assert near.nearest("케토펜", 1.0) == []
