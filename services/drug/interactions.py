"""What the rules of drug utilisation review (DUR) say about a list of medicines and one person.

Every pair and every single medicine is looked at. A finding never calls anything safe: what no rule speaks of has not
been found, no more. Sources: the ministry's DUR types (병용금기, 임부금기, 특정연령대금기, 노인주의, 효능군중복,
용량주의, 투여기간주의); the same ingredient in two medicines and the person's allergies are our own checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from services.drug.ages import ADULT_DOSE_MONTHS, ELDERLY_MONTHS, parse_age_limit
from services.drug.forms import rule_includes_local, rule_speaks_of
from services.drug.rules import Finding, Item, Person, Rule, Severity

_MILDER = re.compile(r"^주의(?=$|[:：\s])[:：]?\s*")
_ONLY_WITH = re.compile(r"(.+?)(?:\s*환자)?에서\s*금기")
_CONDITION_WORDS = {
    "신장": ("신장", "콩팥", "신부전", "투석"),
    "신장애": ("신장", "콩팥", "신부전", "투석"),
    "간장애": ("간질환", "간경화", "간염", "간장애", "간부전", "간기능"),
    "당뇨병": ("당뇨",),
}
_RULE_ID = "dur/"
_ORDER = ("pair", "allergy", "pregnancy", "age", "duplicate_ingredient", "class", "elderly", "dose", "duration")


def findings(items: Sequence[Item], rules: Iterable[Rule], person: Person) -> list[Finding]:
    """Everything the rules say about the list, the most severe and the surest first."""
    listed = list(rules)
    found = [*_pairs(items, listed, person), *_singles(items, listed, person), *_allergies(items, person)]
    return sorted(_once(found), key=_rank)


def _rank(finding: Finding) -> tuple[int, bool, int]:
    return (-finding.severity, not finding.applies, _ORDER.index(finding.type))


def _once(found: Iterable[Finding]) -> list[Finding]:
    """One finding for each type, pair of medicines and limit: the most severe, then the one of a product's own rule."""
    best: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(found, key=_rank):
        known_by = finding.ingredients if finding.type in _BY_INGREDIENT else finding.limit
        best.setdefault((finding.type, finding.items, known_by), finding)
    return list(best.values())


_BY_INGREDIENT = frozenset({"duplicate_ingredient", "dose", "pregnancy", "elderly", "duration"})


# ---- pairs -----------------------------------------------------------------------------------------------------------


def _pairs(items: Sequence[Item], rules: Sequence[Rule], person: Person) -> Iterator[Finding]:
    between = _by_pair(rules)
    classes = _by_class(rules)
    for one, other in combinations(items, 2):
        if one.taken and other.taken:
            continue
        yield from _softened(_pair_rules(one, other, between, person), one, other)
        yield from _softened(_same_ingredient(one, other), one, other)
        yield from _softened(_same_class(one, other, classes), one, other)


def _by_pair(rules: Sequence[Rule]) -> dict[tuple[str, str], list[Rule]]:
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        if rule.type == "pair":
            found.setdefault((rule.ingredient, rule.partner), []).append(rule)
    return found


def _by_class(rules: Sequence[Rule]) -> dict[str, dict[str, Rule]]:
    """Rules of duplicate classes: class by class, ingredient by ingredient; classes of which the list has two."""
    found: dict[str, dict[str, Rule]] = {}
    for rule in rules:
        if rule.type == "class":
            found.setdefault(rule.class_name, {}).setdefault(rule.ingredient, rule)
    return {name: members for name, members in found.items() if len(members) > 1}


def _pair_rules(
    one: Item, other: Item, between: dict[tuple[str, str], list[Rule]], person: Person
) -> Iterator[Finding]:
    for mine in one.ingredients:
        for theirs in other.ingredients:
            for rule in between.get((mine, theirs), []):
                if _meant(rule, one, other):
                    yield _pair_finding(rule, (one, other), (mine, theirs), person)
            for rule in between.get((theirs, mine), []) if mine != theirs else []:
                if _meant(rule, other, one):
                    yield _pair_finding(rule, (one, other), (mine, theirs), person)


def _meant(rule: Rule, first: Item, second: Item) -> bool:
    """True when the rule is of ingredients, or of just these products."""
    return rule.item_seq in ("", first.item_seq) and rule.partner_item_seq in ("", second.item_seq)


def _pair_finding(rule: Rule, items: tuple[Item, Item], ingredients: tuple[str, str], person: Person) -> Finding:
    milder = bool(_MILDER.match(rule.remark))
    condition = _ONLY_WITH.search(rule.remark)
    return Finding(
        "pair",
        Severity.CAUTION if milder else Severity.CONTRAINDICATED,
        (items[0].query, items[1].query),
        ingredients,
        rule.content,
        evidence_id=_RULE_ID + rule.id,
        applies=not any(item.kind == "class" for item in items)
        and (condition is None or _has_condition(person, condition.group(1))),
        remark=_MILDER.sub("", rule.remark),
    )


def _has_condition(person: Person, named: str) -> bool:
    """True when the person's conditions include one that a remark names."""
    words = [word for known, spoken in _CONDITION_WORDS.items() if known in named for word in spoken]
    if "신생아" in named and person.age_months == 0:
        return True
    return any(word in condition for condition in person.conditions for word in words)


def _same_ingredient(one: Item, other: Item) -> Iterator[Finding]:
    for shared in one.ingredients:
        if shared in other.ingredients and not (one.kind == other.kind == "class"):
            yield Finding(
                "duplicate_ingredient",
                Severity.CAUTION,
                (one.query, other.query),
                (shared, shared),
                f"같은 성분({shared})이 겹치면 정해진 양을 넘겨 부작용 위험이 커집니다.",
                applies="class" not in (one.kind, other.kind),
            )


def _same_class(one: Item, other: Item, classes: dict[str, dict[str, Rule]]) -> Iterator[Finding]:
    if one.kind == other.kind == "class":
        return
    for name, members in classes.items():
        mine = [ingredient for ingredient in one.ingredients if ingredient in members]
        theirs = [ingredient for ingredient in other.ingredients if ingredient in members and ingredient not in mine]
        if mine and theirs:
            rule = members[mine[0]]
            yield Finding(
                "class",
                Severity.CAUTION,
                (one.query, other.query),
                (mine[0], theirs[0]),
                rule.content,
                evidence_id=_RULE_ID + rule.id,
                applies="class" not in (one.kind, other.kind),
                class_name=name,
            )


def _softened(found: Iterable[Finding], one: Item, other: Item) -> Iterator[Finding]:
    """A pair in which one acts only where it is put: a degree less, since little of it reaches the blood."""
    for finding in found:
        if one.local or other.local:
            yield replace(finding, severity=Severity(max(1, finding.severity - 1)), remark=_LITTLE_ABSORBED)
        else:
            yield finding


_LITTLE_ABSORBED = "바르거나 넣는 약은 몸에 흡수되는 양이 적지만 없지는 않음"


# ---- single medicines ------------------------------------------------------------------------------------------------


def _singles(items: Sequence[Item], rules: Sequence[Rule], person: Person) -> Iterator[Finding]:
    by_ingredient: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.type in _SINGLE:
            by_ingredient.setdefault(rule.ingredient, []).append(rule)
    for item in items:
        if item.taken or item.kind == "class":
            continue
        for ingredient in item.ingredients:
            for rule in by_ingredient.get(ingredient, ()):
                if rule.item_seq in ("", item.item_seq) and rule_speaks_of(rule.remark, item.form, item.name):
                    yield from _single(rule, item, person)


def _single(rule: Rule, item: Item, person: Person) -> Iterator[Finding]:
    """What one rule says of one medicine; nothing when it does not concern the person."""
    judged = _SINGLE[rule.type](rule, person)
    if judged is None:
        return
    severity, applies, limit = judged
    if item.local and not rule.item_seq and not rule_includes_local(rule.remark):
        if rule.type != "pregnancy":
            return
        severity = Severity.CAUTION
    yield Finding(
        rule.type,
        severity,
        (item.query,),
        (rule.ingredient,),
        rule.content,
        limit,
        _RULE_ID + rule.id,
        applies,
        _MILDER.sub("", rule.remark),
    )


Judged = tuple[Severity, bool, str] | None


def _pregnancy(rule: Rule, person: Person) -> Judged:
    if person.pregnant is False:
        return None
    severity = Severity.CAUTION if rule.grade == "2" else Severity.CONTRAINDICATED
    return severity, bool(person.pregnant), ""


def _age(rule: Rule, person: Person) -> Judged:
    limit = parse_age_limit(rule.age_base)
    severity = Severity.CAUTION if _MILDER.match(rule.remark) else Severity.CONTRAINDICATED
    if limit is None or person.age_months is None:
        return severity, False, rule.age_base
    return (severity, True, rule.age_base) if limit.covers(person.age_months) else None


def _elderly(rule: Rule, person: Person) -> Judged:
    limit = rule.age_base or "65세 이상"
    if person.age_months is None:
        return Severity.CAUTION, False, limit
    return (Severity.CAUTION, True, limit) if person.age_months >= ELDERLY_MONTHS else None


def _dose(rule: Rule, person: Person) -> Judged:
    """The limits are those of adults; to a child's parents they would be dangerous news."""
    if person.age_months is not None and person.age_months < ADULT_DOSE_MONTHS:
        return None
    return Severity.INFO, True, f"1일 {rule.max_quantity.removeprefix('1일').strip()}"


def _duration(rule: Rule, _: Person) -> Judged:
    return Severity.INFO, True, rule.max_term


_SINGLE = {"pregnancy": _pregnancy, "age": _age, "elderly": _elderly, "dose": _dose, "duration": _duration}


# ---- allergies -------------------------------------------------------------------------------------------------------


def _allergies(items: Sequence[Item], person: Person) -> Iterator[Finding]:
    for word, allergens in person.allergies.items():
        for item in items:
            if item.taken or item.kind == "class":
                continue
            for ingredient in item.ingredients:
                if ingredient in allergens:
                    yield Finding(
                        "allergy",
                        Severity.CONTRAINDICATED,
                        (item.query,),
                        (ingredient,),
                        f"알레르기로 알려 주신 {word}에 해당하는 성분({ingredient})이 들어 있습니다.",
                    )
