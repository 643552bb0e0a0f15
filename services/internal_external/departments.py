"""Ranks departments for the symptoms found.

The symptom that explains most of the question leads; the others add to it in proportion to how much they explain, at
most a third. Two departments are equally likely when less than a tenth of the recommendation lies between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.internal_external.patient import is_child, is_pregnant
from services.internal_external.symptoms import Found, SymptomFinder
from services.internal_external.tables import Department, Tables

_OF_CHILDREN, _OF_ADULTS = ("child_",), ("fever_adult", "elder_")
OTHERS_SHARE = 1 / 3
NEAR = 0.1
SMALLEST = 0.08
PAEDIATRICS, OBSTETRICS = "소아청소년과", "산부인과"
_OWN_FOR_CHILDREN = frozenset({"안과", "이비인후과", "치과", "피부과", "응급의학과", "정형외과", "비뇨의학과"})
_CHILD_REASON = "아이는 나이와 체중에 맞춰 소아청소년과에서 먼저 봅니다."
_PREGNANT_REASON = "임신 중의 증상은 태아를 함께 살피는 산부인과와 먼저 상의합니다."


@dataclass(frozen=True, slots=True)
class Ranked:
    """A department with its share of the recommendation (0..1) and why."""

    department: Department
    share: float
    reason: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Departments, best first, and what the advice rests on. Empty when no symptom was understood."""

    ranked: tuple[Ranked, ...] = ()
    found: tuple[Found, ...] = ()
    warnings: tuple[str, ...] = ()
    question: str = ""


class Recommender:
    """Recommends departments from the tables alone."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._finder = SymptomFinder(tables.symptoms.values())

    def advise(self, text: str, age_months: int | None = None) -> Advice:
        """The advice for symptoms in a person's own words."""
        found = self._about(self._finder.find(text), is_child(text, age_months))
        if not found:
            return Advice()
        shares, reasons = _shares(found)
        if is_child(text, age_months):
            _put_first(shares, reasons, PAEDIATRICS, _CHILD_REASON, unless=_OWN_FOR_CHILDREN)
        if is_pregnant(text):
            _put_first(shares, reasons, OBSTETRICS, _PREGNANT_REASON)
        ranked = self._ranked(shares, reasons)
        near = len(ranked) > 1 and ranked[0].share - ranked[1].share < NEAR
        warnings = tuple(dict.fromkeys(f.symptom.warning for f in found[:2] if f.symptom.warning))
        return Advice(ranked, tuple(found), warnings, found[0].symptom.ask if near else "")

    def named(self, text: str) -> list[Department]:
        """The departments a question names itself, in the order they stand."""
        said = text.replace(" ", "")
        places: dict[str, int] = {}
        for word, name in self._tables.names:
            at = said.find(word)
            if at >= 0 and (at == 0 or said[at - 1] not in "불편평미"):
                said = said.replace(word, "\x00" * len(word))
                places.setdefault(name, at)
        return [self._tables.departments[name] for name in sorted(places, key=lambda name: places[name])]

    def _about(self, found: list[Found], child: bool) -> list[Found]:
        """Without rows about children when nobody speaks of one, and without general rows beside specific ones."""
        others = _OF_ADULTS if child else _OF_CHILDREN
        kept = [f for f in found if not f.symptom.id.startswith(others)]
        specific = [f for f in kept if f.symptom.id not in ("child_sick", "unknown_where")]
        return specific or kept

    def _ranked(self, shares: dict[str, float], reasons: dict[str, str]) -> tuple[Ranked, ...]:
        total = sum(shares.values())
        ordered = sorted(shares.items(), key=lambda item: -item[1])
        return tuple(
            Ranked(self._tables.departments[name], round(share / total, 3), reasons[name])
            for name, share in ordered
            if share / total >= SMALLEST
        )


def _shares(found: Sequence[Found]) -> tuple[dict[str, float], dict[str, str]]:
    shares: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for rank, one in enumerate(found[:4]):
        part = 1.0 if rank == 0 else OTHERS_SHARE * one.length / found[0].length
        for fit in one.symptom.fits:
            shares[fit.department] = shares.get(fit.department, 0.0) + part * fit.weight
            reasons.setdefault(fit.department, fit.reason)
    return shares, reasons


def _put_first(
    shares: dict[str, float], reasons: dict[str, str], name: str, reason: str, unless: frozenset[str] = frozenset()
) -> None:
    """Gives a department the first place, or, where another keeps its own, the second."""
    best = max(shares, key=lambda known: shares[known])
    if best == name:
        return
    shares[name] = shares[best] * (0.6 if best in unless else 1.5)
    reasons[name] = reason
