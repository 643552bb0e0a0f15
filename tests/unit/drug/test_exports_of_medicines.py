"""Rows of the ministry's exports as rows of our tables."""

from __future__ import annotations

import pytest

from services.drug.exports import dur, easy_drug, format_of, known_headers, permit
from services.drug.lay_words import LayWords
from services.drug.page_token import PageTokens
from services.drug.resolver import Resolver
from services.drug.search import plan
from services.mesh.errors import InvalidField
from services.storage.exports import RowError

EASY = {
    "itemSeq": "990000001",
    "itemName": "타이레놀정",
    "entpName": "회사",
    "efcyQesitm": "두통에 씁니다.",
    "updateDe": "20261120",
}
PERMIT = {
    "ITEM_SEQ": "990000113",
    "ITEM_NAME": "쿨드림연질캡슐(독실아민숙신산염)",
    "ETC_OTC_CODE": "일반의약품",
    "MAIN_ITEM_INGR": "[S1]독실아민숙신산염",
    "CLASS_NO": "[01120]최면진정제",
    "CANCEL_NAME": "정상",
}
DUR = {"TYPE_NAME": "병용금기", "DUR_SEQ": "3", "INGR_KOR_NAME": "실데나필시트르산염", "INGR_ENG_NAME": "sildenafil",
       "MIXTURE_INGR_KOR_NAME": "니트로글리세린", "PROHBT_CONTENT": "혈압"}  # fmt: skip
WORDS = LayWords(synonyms={"독실아민": "독시라민"})


@pytest.mark.parametrize(("row", "kind"), [(EASY, "easy_drug"), (PERMIT, "permit"), (DUR, "dur"), ({"a": "b"}, None)])
def test_the_fields_say_which_export_it_is(row: dict[str, str], kind: str | None) -> None:
    assert format_of(row) == kind


def test_korean_headers_of_the_portals_sheets() -> None:
    sheet = {"품목기준코드": "990000113", "제품명": "가정", "주성분": "와파린나트륨", "전문일반": "전문의약품"}
    assert permit(known_headers(sheet), WORDS).drug["prescription_status"] == "prescription"


def test_easy_drug() -> None:
    record = easy_drug(EASY, "식약처 e약은요 형식(표본)", "2026-01-01")
    assert (record["as_of"], record["source"], record["usage"]) == ("2026-11-20", "식약처 e약은요(표본)", "")


def test_permit_takes_synonyms_class_and_status() -> None:
    taken = permit(PERMIT, WORDS)
    assert [found.name for found in taken.ingredients] == ["독시라민"]
    assert (taken.drug["drug_class"], taken.drug["prescription_status"]) == ("최면진정제", "otc")
    assert ("쿨드림", "brand") in taken.names
    assert ("독시라민", "sole") in taken.names
    assert permit(PERMIT | {"CANCEL_NAME": "취하"}, WORDS).drug["cancelled"] is True


def test_a_rule_of_ingredients() -> None:
    found = dur(DUR, WORDS, "dur", "2026-11-20")
    (rule,) = found.rules
    assert (rule["id"], rule["type"], rule["ingredient"], rule["partner"]) == (
        "dur.3",
        "pair",
        "실데나필",
        "니트로글리세린",
    )
    assert found.ingredient_names["sildenafil"] == "실데나필"


def test_a_rule_of_products_also_teaches_the_rule_of_their_ingredients() -> None:
    found = dur(DUR | {"ITEM_SEQ": "990002054", "MIXTURE_ITEM_SEQ": "990001020"}, WORDS, "items", "")
    assert [(rule["item_seq"], rule["partner_item_seq"]) for rule in found.rules] == [
        ("990002054", "990001020"),
        ("", ""),
    ]
    assert len({rule["id"] for rule in found.rules}) == 2


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (DUR | {"TYPE_NAME": "모름"}, "TYPE_NAME"),
        (DUR | {"INGR_KOR_NAME": ""}, "INGR_KOR_NAME"),
        (DUR | {"MIXTURE_INGR_KOR_NAME": ""}, "MIXTURE_INGR_KOR_NAME"),
        (DUR | {"TYPE_NAME": "특정연령대금기", "AGE_BASE": "소아"}, "AGE_BASE"),
        (DUR | {"TYPE_NAME": "용량주의"}, "MAX_QTY"),
        (DUR | {"ITEM_SEQ": "12"}, "ITEM_SEQ"),
    ],
)
def test_rules_that_cannot_be_understood_name_their_field(row: dict[str, str], field: str) -> None:
    with pytest.raises(RowError) as refused:
        dur(row, WORDS, "dur", "")
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("row", "field"),
    [({"itemSeq": "x"}, "itemSeq"), ({"itemName": " "}, "itemName"), ({"entpName": "가" * 201}, "entpName")],
)
def test_texts_that_cannot_be_kept_name_their_field(row: dict[str, str], field: str) -> None:
    with pytest.raises(RowError) as refused:
        easy_drug(EASY | row, "", "")
    assert refused.value.field == field


def test_a_list_cut_in_a_bracket_is_refused() -> None:
    with pytest.raises(RowError, match="unbalanced"):
        permit(PERMIT | {"MAIN_ITEM_INGR": "[S1]현호색·견우자(5"}, WORDS)


def test_search_plans(resolver: Resolver) -> None:
    assert plan("990000001", resolver).item == "990000001"
    assert dict(plan("타이레놀 500mg", resolver).ranked)["타이레놀"] <= 1
    assert plan("혈압약", resolver).atc == ("C08",)
    assert "게보린" in dict(plan("게보륀", resolver).ranked)
    assert plan("!!", resolver).ranked == ()


def test_page_tokens_are_only_taken_for_their_search() -> None:
    pages = PageTokens(b"key")
    token = pages.token("타이레놀", 40)
    assert pages.offset("타이레놀", token) == 40
    assert pages.offset("타이레놀", "") == 0
    for forged in (token[:-2] + "AA", "AAAA", "***", "가", token + "A"):
        with pytest.raises(InvalidField):
            pages.offset("타이레놀", forged)
    with pytest.raises(InvalidField):
        pages.offset("게보린", token)
    with pytest.raises(InvalidField):
        PageTokens(b"other").offset("타이레놀", token)
