"""Base names of ingredients and the permit's lists of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.drug.ingredients import Ingredient, base_name, from_permit, strength_of


@pytest.mark.parametrize(
    ("label", "base"),
    [
        ("암로디핀베실산염", "암로디핀"),
        ("아토르바스타틴칼슘삼수화물", "아토르바스타틴"),
        ("알렌드론산나트륨수화물", "알렌드론산"),
        ("다비가트란에텍실레이트메실산염", "다비가트란"),
        ("DL-메틸에페드린염산염", "메틸에페드린"),
        ("염산메트포르민", "메트포르민"),
        ("침강탄산칼슘", "탄산칼슘"),
        ("[S0001]아세트아미노펜", "아세트아미노펜"),
        ("제미글립틴타르타르산염1.5수화물", "제미글립틴"),
        ("Amlodipine", "amlodipine"),
    ],
)
def test_salts_go(label: str, base: str) -> None:
    assert base_name(label) == base


@pytest.mark.parametrize(
    "name",
    [
        "이소소르비드질산염",
        "이소소르비드일질산염",
        "탄산리튬",
        "염화칼륨",
        "산화마그네슘",
        "판토텐산칼슘",
        "결합형에스트로겐",
        "황산제일철",
    ],
)
def test_salts_that_are_medicines_stay(name: str) -> None:
    assert base_name(name) == name


@given(st.text(max_size=40))
def test_base_name_is_stable_and_never_fails(label: str) -> None:
    assert base_name(base_name(label)) == base_name(label) or not label.strip()


def test_permit_lists_with_strengths() -> None:
    material = (
        "총량 : 1정 중|성분명 : 트라마돌염산염|분량 : 37.5|단위 : 밀리그램|규격 : ;"
        "총량 : 1정 중|성분명 : 아세트아미노펜|분량 : 325|단위 : 밀리그램|규격 : "
    )
    listed = from_permit("[S1117]트라마돌염산염|[S1118]아세트아미노펜", material)
    assert listed == [
        Ingredient("트라마돌", "트라마돌염산염", "37.5밀리그램"),
        Ingredient("아세트아미노펜", "아세트아미노펜", "325밀리그램"),
    ]
    assert strength_of(listed) == "37.5밀리그램/325밀리그램"


def test_without_a_main_list_the_material_speaks() -> None:
    assert [found.name for found in from_permit("", "성분명 : 와파린나트륨|분량 : 5|단위 : 밀리그램")] == ["와파린"]
