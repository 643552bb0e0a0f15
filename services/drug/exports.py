"""Rows of the ministry's exports, as rows of our tables: e약은요 texts, product permits, DUR rules.

Field names are those of the open-data APIs; the xlsx files of the portals name the same fields in Korean.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.drug.ages import parse_age_limit
from services.drug.ingredients import Ingredient, from_permit, strength_of
from services.drug.lay_words import LayWords
from services.drug.names import key, product
from services.storage.exports import Row, RowError

Format = Literal["easy_drug", "permit", "dur"]
Record = dict[str, Any]

_ITEM_SEQ = re.compile(r"^\d{6,12}$")
_CODE = re.compile(r"\[[A-Z]?\d+\]")
_KOREAN_HEADERS = {
    "품목일련번호": "ITEM_SEQ",
    "품목기준코드": "ITEM_SEQ",
    "품목명": "ITEM_NAME",
    "제품명": "ITEM_NAME",
    "업체명": "ENTP_NAME",
    "업소명": "ENTP_NAME",
    "전문일반": "ETC_OTC_CODE",
    "전문일반구분": "ETC_OTC_CODE",
    "주성분": "MAIN_ITEM_INGR",
    "주성분명": "MAIN_ITEM_INGR",
    "원료성분": "MATERIAL_NAME",
    "분류명": "CLASS_NO",
    "제형": "FORM_CODE_NAME",
    "ATC코드": "ATC_CODE",
    "취소상태": "CANCEL_NAME",
    "DUR유형": "TYPE_NAME",
    "DUR성분명": "INGR_KOR_NAME",
    "병용금기DUR성분명": "MIXTURE_INGR_KOR_NAME",
    "금기내용": "PROHBT_CONTENT",
    "비고": "REMARK",
}
_TEXTS = {
    "efficacy": "efcyQesitm",
    "usage": "useMethodQesitm",
    "warning": "atpnWarnQesitm",
    "precautions": "atpnQesitm",
    "interactions": "intrcQesitm",
    "side_effects": "seQesitm",
    "storage": "depositMethodQesitm",
}
# TYPE_NAME of a DUR row and the type of our rule.
RULE_TYPES = {
    "병용금기": "pair",
    "임부금기": "pregnancy",
    "특정연령대금기": "age",
    "노인주의": "elderly",
    "효능군중복": "class",
    "효능군중복주의": "class",
    "용량주의": "dose",
    "투여기간주의": "duration",
}


@dataclass(frozen=True, slots=True)
class Permit:
    """A product permit: the product's own row, its ingredients and the keys it is found by."""

    drug: Record
    ingredients: list[Ingredient]
    names: list[tuple[str, str]] = field(default_factory=list)  # (key, kind)
    ingredient_names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DurRows:
    """What one DUR row becomes: rules, and names of ingredients it teaches."""

    rules: list[Record]
    ingredient_names: dict[str, str]


def known_headers(row: Row) -> Row:
    """The row with the API's field names, whichever of the two spellings it came with."""
    return {_KOREAN_HEADERS.get(name.replace(" ", ""), name): value for name, value in row.items()}


def format_of(row: Row) -> Format | None:
    """Which export a row belongs to, by its fields."""
    if "itemSeq" in row and "efcyQesitm" in row:
        return "easy_drug"
    if "TYPE_NAME" in row and ("INGR_KOR_NAME" in row or "MIXTURE_ITEM_SEQ" in row):
        return "dur"
    return "permit" if "ITEM_SEQ" in row and ("MAIN_ITEM_INGR" in row or "MATERIAL_NAME" in row) else None


def easy_drug(row: Row, source: str, as_of: str) -> Record:
    """An e약은요 row as columns of ``drug_information``. Raises RowError."""
    texts = {column: str(row.get(name, "")) for column, name in _TEXTS.items()}
    return {
        "item_seq": _item_seq(row, "itemSeq"),
        "name": _required(row, "itemName", 300),
        "company": _short(row, "entpName", 200),
        **texts,
        "image": _short(row, "itemImage", 300),
        "as_of": _iso_date(str(row.get("updateDe", ""))) or as_of,
        "source": source.replace(" 형식", "") or "식약처 e약은요",
    }


def permit(row: Row, words: LayWords) -> Permit:
    """A permit row. Raises RowError."""
    name, company = _required(row, "ITEM_NAME", 300), _short(row, "ENTP_NAME", 200)
    main = str(row.get("MAIN_ITEM_INGR", ""))
    if main.count("(") != main.count(")"):
        raise RowError("MAIN_ITEM_INGR", "has an unbalanced bracket")
    listed = [
        Ingredient(words.canonical(found.name), found.label[:200], found.strength[:60])
        for found in from_permit(main, str(row.get("MATERIAL_NAME", "")))
    ]
    drug = {
        "item_seq": _item_seq(row, "ITEM_SEQ"),
        "name": name,
        "company": company,
        "generic_name": ", ".join(found.label for found in listed)[:500],
        "drug_class": _CODE.sub("", _short(row, "CLASS_NO", 200)).strip(),
        "form": _short(row, "FORM_CODE_NAME", 100),
        "strength": strength_of(listed)[:300],
        "prescription_status": _status(str(row.get("ETC_OTC_CODE", ""))),
        "atc_code": _short(row, "ATC_CODE", 10),
        "cancelled": str(row.get("CANCEL_NAME", "정상")).strip() not in ("", "정상"),
    }
    return Permit(drug, listed, _names(name, company, listed), _ingredient_keys(listed))


def _names(name: str, company: str, listed: list[Ingredient]) -> list[tuple[str, str]]:
    """The keys of a product and their kinds; "sole" marks the only ingredient of a product."""
    taken = product(name, company, tuple(found.name for found in listed))
    kinds = [(taken.core, "brand"), (taken.whole, "product"), *((alias, "alias") for alias in taken.aliases)]
    kind = "sole" if len(listed) == 1 else "ingredient"
    return list(dict.fromkeys([*kinds, *((key(found.name), kind) for found in listed)]))


def _ingredient_keys(listed: list[Ingredient]) -> dict[str, str]:
    names = {key(found.label): found.name for found in listed} | {key(found.name): found.name for found in listed}
    return {spelling: name for spelling, name in names.items() if len(spelling) > 1}


def dur(row: Row, words: LayWords, prefix: str, as_of: str) -> DurRows:
    """A DUR row as rules. Raises RowError. ``prefix`` keeps the ids of one file together.

    A row that speaks of products also yields the rule of their ingredients, which holds for a name typed as an
    ingredient.
    """
    kind = RULE_TYPES.get(str(row.get("TYPE_NAME", "")).replace(" ", ""))
    if kind is None:
        raise RowError("TYPE_NAME", "is not a DUR type")
    rule = _rule(row, kind, words, as_of)
    _check(rule)
    taught = _taught(row, words)
    number = str(row.get("DUR_SEQ", "")).strip()
    if not rule["item_seq"]:
        return DurRows([{"id": f"{prefix}.{number or _fingerprint(rule)}"[:40], **rule}], taught)
    general = {**rule, "item_seq": "", "partner_item_seq": ""}
    return DurRows(
        [
            {"id": f"{prefix}.p{_fingerprint(rule)}"[:40], **rule},
            {"id": f"{prefix}.i{_fingerprint(general)}"[:40], **general},
        ],
        taught,
    )


def _rule(row: Row, kind: str, words: LayWords, as_of: str) -> Record:
    ingredient, partner = _short(row, "INGR_KOR_NAME", 200), _short(row, "MIXTURE_INGR_KOR_NAME", 200)
    return {
        "type": kind,
        "ingredient": words.canonical(ingredient) if ingredient else "",
        "partner": words.canonical(partner) if partner else "",
        "item_seq": _optional_item(row, "ITEM_SEQ"),
        "partner_item_seq": _optional_item(row, "MIXTURE_ITEM_SEQ"),
        "content": str(row.get("PROHBT_CONTENT", "")),
        "remark": _short(row, "REMARK", 500),
        "grade": re.sub(r"\D", "", str(row.get("GRADE", "")))[:4],
        "age_base": _short(row, "AGE_BASE", 60),
        "max_quantity": _short(row, "MAX_QTY", 100),
        "max_term": _short(row, "MAX_DOSAGE_TERM", 60),
        "class_name": _short(row, "SERS_NAME", 200),
        "effect_name": _short(row, "EFFECT_NAME", 200),
        "as_of": _iso_date(str(row.get("NOTIFICATION_DATE", ""))) or as_of,
    }


def _check(rule: Record) -> None:
    """Raises RowError when the rule lacks what its type lives on."""
    if not rule["ingredient"]:
        raise RowError("INGR_KOR_NAME", "is empty")
    needed = {"pair": ("partner", "MIXTURE_INGR_KOR_NAME"), "dose": ("max_quantity", "MAX_QTY")}
    needed |= {"duration": ("max_term", "MAX_DOSAGE_TERM"), "class": ("class_name", "SERS_NAME")}
    column, name = needed.get(rule["type"], ("ingredient", ""))
    if not rule[column]:
        raise RowError(name, "is empty")
    if rule["type"] == "age" and parse_age_limit(rule["age_base"]) is None:
        raise RowError("AGE_BASE", "is not an age limit")


def _taught(row: Row, words: LayWords) -> dict[str, str]:
    taught = {}
    for korean, english in (("INGR_KOR_NAME", "INGR_ENG_NAME"), ("MIXTURE_INGR_KOR_NAME", "MIXTURE_INGR_ENG_NAME")):
        name = str(row.get(korean, ""))
        for spelling in (name, words.canonical(name), str(row.get(english, ""))) if name else ():
            if len(key(spelling)) > 1:
                taught[key(spelling)] = words.canonical(name)
    return taught


def _fingerprint(rule: Mapping[str, Any]) -> str:
    fields = (str(rule[name]) for name in sorted(rule) if name not in ("content", "as_of"))
    return hashlib.sha256("|".join(fields).encode()).hexdigest()[:16]


def _item_seq(row: Row, name: str) -> str:
    value = str(row.get(name, "")).strip()
    if not _ITEM_SEQ.match(value):
        raise RowError(name, "is not an item number")
    return value


def _optional_item(row: Row, name: str) -> str:
    return _item_seq(row, name) if str(row.get(name, "")).strip() else ""


def _required(row: Row, name: str, most: int) -> str:
    value = _short(row, name, most)
    if not value:
        raise RowError(name, "is empty")
    return value


def _short(row: Row, name: str, most: int) -> str:
    value = str(row.get(name, "")).strip()
    if len(value) > most:
        raise RowError(name, f"is longer than {most} characters")
    return value


def _status(code: str) -> str:
    return {"일반": "otc", "전문": "prescription"}.get(code.strip()[:2], "")


def _iso_date(text: str) -> str:
    digits = re.sub(r"\D", "", text)[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 else ""
