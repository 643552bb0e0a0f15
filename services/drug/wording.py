"""Findings as Korean sentences. Nothing here calls a medicine safe; a prohibition is said as one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.drug.jamo import has_final
from services.drug.names import core
from services.drug.rules import Finding, Item, Severity

_PARTICLES = {"은": "는", "이": "가", "을": "를", "과": "와", "으로": "로"}
_THIS_MEDICINE = re.compile(r"이 약(?:\([^)]*\))?(은|이|을|과|에는|에|의|으로|도|)(?=[\s,.])")
_UNITS = (("밀리그램", "mg"), ("마이크로그램", "㎍"), ("밀리리터", "mL"), ("그램", "g"))
# A remark on what may be bought without prescription, whose limit lies below the rule's.
_OTC = "일반약은"
_LIMIT = re.compile("^1일\\s*")
# What a pair rule is called whose remark asks for caution only.
CAUTION = "병용주의"
TYPE_NAMES = {
    "pair": "병용금기",
    "pregnancy": "임부금기",
    "age": "특정연령대금기",
    "elderly": "노인주의",
    "class": "효능군중복",
    "dose": "용량주의",
    "duration": "투여기간주의",
    "duplicate_ingredient": "성분 중복",
    "allergy": "알레르기",
}
ADVICE = "지금 드시는 약과 앓는 병을 의사나 약사에게 모두 알리고 상담하세요."
NOTHING_FOUND = "찾지 못했다는 것이 안전하다는 뜻은 아닙니다"


def particle(word: str, form: str) -> str:
    """The word with a particle in the form its last sound asks for: ("타이레놀", "은") → "타이레놀은"."""
    bare = re.sub(r"\([^()]*\)$", "", word)
    return word + (form if has_final(bare) else _PARTICLES.get(form, form))


def called(item: Item) -> str:
    """What to call a medicine: its brand, with its ingredient when it has one only."""
    if item.kind != "product":
        return item.name
    brand = core(item.name)
    return f"{brand}({item.ingredients[0]})" if len(item.ingredients) == 1 and item.ingredients[0] != brand else brand


def named(sentence: str, name: str) -> str:
    """A sentence of a medicine's texts with its name in place of "이 약"."""
    return _THIS_MEDICINE.sub(lambda found: particle(name, found.group(1)), sentence)


def placed(sentence: str, name: str, item: Item) -> str:
    """A sentence of a medicine's texts so that it stands alone: with the name in it, or before it."""
    said_so = named(sentence, name)
    known = (name, core_or_name(item), *item.ingredients)
    return said_so if any(word in said_so for word in known) else f"{name}의 경우 {said_so}"


def short_units(text: str) -> str:
    """ "4,000밀리그램" → "4,000mg"."""
    for word, sign in _UNITS:
        text = text.replace(word, sign)
    return text


def said(finding: Finding, items: Mapping[str, Item]) -> list[str]:
    """A finding as sentences: the verdict, then the reason. ``items`` are the medicines by how they were written."""
    return _SAYINGS[finding.type](finding, [items[query] for query in finding.items])


def _pair(finding: Finding, items: list[Item]) -> list[str]:
    one, other = (_of_class(item, ingredient) for item, ingredient in zip(items, finding.ingredients, strict=True))
    both = f"{particle(one, '과')} {particle(other, '은')}"
    if not finding.applies and "금기" in finding.remark:
        verdict = f"{both} {finding.remark}이므로 의사나 약사와 상의하지 않고 함께 복용하지 마세요."
    elif finding.severity is Severity.CONTRAINDICATED:
        verdict = f"{both} 함께 쓰면 안 되는 병용금기이므로 함께 복용하지 마세요."
    else:
        verdict = f"{both} 함께 쓸 때 주의가 필요하므로 먼저 의사나 약사와 상의하세요."
    return [verdict, f"두 약을 함께 쓰면 {_with_remark(finding)}"]


def _of_class(item: Item, ingredient: str) -> str:
    return f"{item.name}({ingredient} 등)" if item.kind == "class" else called(item)


def _with_remark(finding: Finding) -> str:
    if not finding.remark or not finding.applies:
        return finding.reason
    return f"{finding.reason.rstrip('.')}({finding.remark})."


def _duplicate(finding: Finding, items: list[Item]) -> list[str]:
    ingredient = finding.ingredients[0]
    words = [item for item in items if item.kind == "class"]
    if words:
        other = next(item for item in items if item.kind != "class")
        return [
            f"{words[0].name}에는 {particle(ingredient, '이')} 든 제품이 많아 {particle(called(other), '과')} "
            "성분이 겹칠 수 있으므로, 약 상자의 성분을 확인하기 전에는 함께 복용하지 마세요."
        ]
    names = f"{particle(core_or_name(items[0]), '과')} {core_or_name(items[1])}"
    return [
        f"{names}에는 모두 {particle(ingredient, '이')} 들어 있어 성분이 겹치므로, "
        "의사나 약사와 상의하지 않고 함께 복용하지 마세요."
    ]


def core_or_name(item: Item) -> str:
    """The brand alone, or the ingredient."""
    return core(item.name) if item.kind == "product" else item.name


def _class(finding: Finding, items: list[Item]) -> list[str]:
    one, other = (_of_class(item, ingredient) for item, ingredient in zip(items, finding.ingredients, strict=True))
    return [
        f"{particle(one, '과')} {particle(other, '은')} 같은 계열({finding.class_name})이므로 "
        "의사나 약사와 상의하지 않고 함께 복용하지 마세요.",
        finding.reason,
    ]


def _pregnancy(finding: Finding, items: list[Item]) -> list[str]:
    name = particle(called(items[0]), "을")
    verb = "사용" if "바르는" in finding.remark else _verb(items[0])
    who = "임신 중에는" if finding.applies else "임신 중이거나 임신 가능성이 있으면"
    if finding.severity is Severity.CONTRAINDICATED:
        verdict = f"{who} {name} {verb}하지 마세요(임부금기)."
    else:
        verdict = f"{who} {name} 의사의 판단 없이 {verb}하지 마세요(임부금기 2등급)."
    return [verdict, f"{particle(finding.ingredients[0], '은')} {_with_remark(finding)}"]


def _verb(item: Item) -> str:
    return "사용" if item.local else "복용"


def _age(finding: Finding, items: list[Item]) -> list[str]:
    name = particle(called(items[0]), "을")
    firmly = finding.severity is Severity.CONTRAINDICATED and "의사" not in finding.remark
    return [
        f"{finding.limit}에게는 {name} {'' if firmly else '의사의 진료 없이 '}쓰지 마세요(특정연령대금기).",
        f"{particle(finding.ingredients[0], '은')} {finding.limit}에서 {_with_remark(finding)}",
    ]


def _elderly(finding: Finding, items: list[Item]) -> list[str]:
    return [
        f"{finding.limit}은 {particle(called(items[0]), '을')} 쓸 때 주의가 필요합니다(노인주의).",
        f"{particle(finding.ingredients[0], '은')} 고령자에서 {_with_remark(finding)}",
    ]


def _dose(finding: Finding, items: list[Item]) -> list[str]:
    amount = short_units(_LIMIT.sub("", finding.limit))
    remark = f"({short_units(finding.remark)})" if finding.remark else ""
    reason = finding.reason.removeprefix("이 용량을 ")
    if finding.remark.startswith(_OTC):
        label = f"{finding.ingredients[0]} {short_units(finding.remark)}"
        return [
            f"{particle(label, '을')} 지키고, 처방을 받은 경우에도 하루 최대 {particle(amount, '을')} 넘기지 마세요."
        ]
    return [
        f"{particle(finding.ingredients[0], '은')} 하루 최대 {particle(amount, '을')} 넘기지 마세요{remark}.",
        f"{particle(finding.ingredients[0], '이')} 하루 {particle(amount, '을')} {reason}",
    ]


def _duration(finding: Finding, items: list[Item]) -> list[str]:
    name, limit = particle(called(items[0]), "은"), particle(finding.limit, "을")
    return [
        f"{name} 의사의 지시 없이 {limit} 넘겨 쓰지 마세요(투여기간주의).",
        f"{particle(finding.ingredients[0], '은')} {_with_remark(finding)}",
    ]


def _allergy(finding: Finding, items: list[Item]) -> list[str]:
    return [f"{particle(called(items[0]), '을')} {_verb(items[0])}하지 마세요.", finding.reason]


_SAYINGS = {
    "pair": _pair,
    "duplicate_ingredient": _duplicate,
    "class": _class,
    "pregnancy": _pregnancy,
    "age": _age,
    "elderly": _elderly,
    "dose": _dose,
    "duration": _duration,
    "allergy": _allergy,
}
