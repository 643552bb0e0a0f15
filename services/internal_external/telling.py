"""Puts advice into sentences."""

from __future__ import annotations

from collections.abc import Sequence

from services.internal_external.departments import Advice, Ranked
from services.internal_external.tables import Department

SIDES = {"internal": "내과 계열", "surgical": "외과 계열"}


def advice_sentences(advice: Advice) -> list[str]:
    """Where to go and why, what else is possible, and what would change it."""
    symptoms = advice.found[0].symptom.name
    best, *others = advice.ranked
    said = [f"{symptoms}{_topic(symptoms)} 먼저 {_called(best)} 진료를 권합니다.", best.reason]
    if others:
        said.append(f"상황에 따라 {_listed(others[:2])} 진료가 맞을 수 있습니다: {others[0].reason}")
    said += advice.warnings
    said.append("정확한 원인은 진료로만 확인할 수 있습니다.")
    return said


def comparison(departments: Sequence[Department]) -> list[str]:
    """What each of the named departments sees."""
    return [f"{one.name}{_topic(one.name)} {one.sees}입니다." for one in departments]


def snippet(advice: Advice) -> str:
    """The table's row as evidence."""
    listed = ", ".join(f"{r.department.name} {r.share:.0%}" for r in advice.ranked)
    return f"{advice.found[0].symptom.name}: {listed}. {' '.join(advice.warnings)}"


def _called(ranked: Ranked) -> str:
    side = SIDES.get(ranked.department.side)
    return f"{ranked.department.name}({side})" if side else ranked.department.name


def _listed(ranked: Sequence[Ranked]) -> str:
    return ", ".join(_called(one) for one in ranked)


def _topic(word: str) -> str:
    """은 after a final consonant, 는 after a vowel."""
    last = ord(word[-1]) - 0xAC00
    return "은" if 0 <= last < 11172 and last % 28 else "는"
