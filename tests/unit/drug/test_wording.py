"""Findings as sentences people read."""

from __future__ import annotations

import re

import pytest

from services.drug.rules import Finding, Item, Severity
from services.drug.wording import named, particle, said

VIAGRA = Item("비아그라", "비아그라정100밀리그램", ("실데나필",), "990002054", "필름코팅정")
NITRO = Item("니트로글리세린", "니트로글리세린", ("니트로글리세린",), kind="ingredient")
COLD = Item("감기약", "감기약", ("아세트아미노펜",), kind="class")
ITEMS = {item.query: item for item in (VIAGRA, NITRO, COLD)}
PERMISSION = re.compile("드셔도 됩니다|먹어도 됩니다|괜찮|무방|안심|안전합니다")


def sentences(type: str, severity: Severity, *items: str, **more: object) -> list[str]:
    ingredients = tuple(ITEMS[item].ingredients[0] for item in items)
    return said(Finding(type, severity, items, ingredients, "위험이 커집니다.", **more), ITEMS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "form", "expected"),
    [
        ("타이레놀", "은", "타이레놀은"),
        ("판피린티", "은", "판피린티는"),
        ("비아그라(실데나필)", "과", "비아그라(실데나필)와"),
        ("4,000mg", "을", "4,000mg을"),
        ("와파린", "의", "와파린의"),
    ],
)
def test_particles(word: str, form: str, expected: str) -> None:
    assert particle(word, form) == expected


def test_this_medicine_gets_its_name() -> None:
    assert named("이 약은 간에 해롭고 이 약의 성분을 확인하세요.", "판피린티") == (
        "판피린티는 간에 해롭고 판피린티의 성분을 확인하세요."
    )
    assert named("이 약(졸피뎀)은 수면제입니다.", "스틸녹스") == "스틸녹스는 수면제입니다."


def test_a_contraindicated_pair_is_forbidden() -> None:
    verdict, reason = sentences("pair", Severity.CONTRAINDICATED, "비아그라", "니트로글리세린")
    assert verdict == "비아그라(실데나필)와 니트로글리세린은 함께 쓰면 안 되는 병용금기이므로 함께 복용하지 마세요."
    assert reason == "두 약을 함께 쓰면 위험이 커집니다."


def test_a_dose_is_said_in_short_units() -> None:
    first, second = sentences("dose", Severity.INFO, "비아그라", limit="1일 100밀리그램", remark="1일 1회")
    assert first == "실데나필은 하루 최대 100mg을 넘기지 마세요(1일 1회)."
    assert second.startswith("실데나필이 하루 100mg을")


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("applies", [True, False])
@pytest.mark.parametrize("type", ["pregnancy", "age", "elderly", "duration", "allergy", "dose"])
def test_no_sentence_permits(type: str, severity: Severity, applies: bool) -> None:
    found = sentences(type, severity, "비아그라", limit="28일", applies=applies)
    assert found
    assert not any(PERMISSION.search(sentence) for sentence in found)
    assert all(sentence.endswith(".") for sentence in found)


def test_a_class_word_only_says_that_it_may_overlap() -> None:
    paracetamol = Item("타이레놀", "타이레놀정", ("아세트아미노펜",), "990000001", "정제")
    finding = Finding("duplicate_ingredient", Severity.CAUTION, ("감기약", "타이레놀"), ("아세트아미노펜",) * 2, "")
    (sentence,) = said(finding, {**ITEMS, "타이레놀": paracetamol})
    assert "겹칠 수 있으므로" in sentence
    assert "함께 복용하지 마세요" in sentence
