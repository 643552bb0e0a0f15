"""A lexicon of a few medicines, and the shipped words."""

from __future__ import annotations

import pytest

from services.drug.lay_words import LayClass, LayWords
from services.drug.lexicon import Lexicon
from services.drug.resolver import Resolver

BRANDS = (
    "타이레놀",
    "타이레놀콜드에스",
    "게보린",
    "코자",
    "판콜",
    "판콜에스",
    "씬지로이드",
    "세토펜",
    "이소티논",
    "아스피린프로텍트",
)
INGREDIENTS = {
    "아세트아미노펜": "아세트아미노펜",
    "acetaminophen": "아세트아미노펜",
    "펠로디핀": "펠로디핀",
    "건강": "건강",
    "아스피린": "아스피린",
    "아목시실린": "아목시실린",
}


@pytest.fixture
def words() -> LayWords:
    pressure = LayClass("혈압약", ("고혈압약",), ("C08",), ("펠로디핀", "암로디핀"), "혈압약은 스스로 끊지 마세요.")
    return LayWords(
        classes={"혈압약": pressure, "고혈압약": pressure},
        typos={"타이래놀": "타이레놀", "신지로이드": "씬지로이드"},
        synonyms={"독실아민": "독시라민"},
    )


@pytest.fixture
def resolver(words: LayWords) -> Resolver:
    return Resolver(Lexicon(BRANDS, INGREDIENTS, words))
