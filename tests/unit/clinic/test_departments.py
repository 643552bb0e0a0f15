"""Department words."""

from __future__ import annotations

import pytest

from services.clinic.departments import mentioned, official, subspecialties


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("소아과", "소아청소년과"),
        ("정신과", "정신건강의학과"),
        ("비뇨기과", "비뇨의학과"),
        ("흉부외과", "심장혈관흉부외과"),
        ("통증의학과", "마취통증의학과"),
        ("이비인후과", "이비인후과"),
        ("정형 외과", "정형외과"),
        ("류마티스내과", "내과"),
        ("점집", None),
    ],
)
def test_official_names(said: str, name: str | None) -> None:
    assert official(said) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("허리 삐끗했는데 정형외과랑 통증의학과 중에", ["정형외과", "마취통증의학과"]),
        ("성형외과예요 이비인후과예요?", ["성형외과", "이비인후과"]),
        ("구월동 안과", ["안과"]),
        ("이비인후과잇나요", ["이비인후과"]),
        ("소아 청소년과", ["소아청소년과"]),
        ("불안과 우울이 심해요", []),
        ("며칠 동안과 지금", []),
        ("유산과 출산", []),
        ("약과 주사", []),
    ],
)
def test_in_a_question(text: str, names: list[str]) -> None:
    assert mentioned(text) == names


def test_parts_of_internal_medicine_are_told_apart_from_it() -> None:
    assert subspecialties("수원 류마티스내과") == ["류마티스내과"]
    assert subspecialties("수원 내과") == []
