"""What to do now, in one or two sentences, and the number to call first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.emergency_support.first_aid import Entry, FirstAid
from services.safety import disclaimers
from services.safety.red_flags import Assessment, Level, Sign, assess

# Entries whose steps are given: those of the most urgent signs.
ENTRIES = 2
_CRISIS = (
    "혼자 견디지 마세요. 지금 자살예방상담전화 109(24시간)로 전화하세요. 위험이 눈앞에 있으면 119나 112에 신고하세요."
)
_URGENT = "오늘 안에 응급실이나 병원에서 진료를 받으세요. 나빠지면 즉시 119에 신고하세요."
_POLICE = "안전한 곳으로 피해 112에 신고하세요. 다친 곳이 있으면 119에 신고하거나 응급실을 방문하세요."
_BESIDE_119 = "자살예방상담전화 109에서도 24시간 도움을 받을 수 있습니다."
_OWN_HAND = frozenset({"suicide_risk", "self_harm"})


@dataclass(frozen=True, slots=True)
class Advice:
    """An assessment with what to do about it; guidance and entries are empty when there is no red flag."""

    level: Level
    signs: tuple[Sign, ...]
    guidance: str
    hotline: str
    entries: tuple[Entry, ...]


def advise(first_aid: FirstAid, text: str, earlier: Sequence[str] = ()) -> Advice:
    """Looks for red flags in ``text``, read together with what was said ``earlier`` (oldest first)."""
    found = assess(text, earlier)
    entries = tuple(first_aid.for_signs(found.signs, " ".join([*earlier, text])))[:ENTRIES]
    return Advice(found.level, found.signs, guidance(found, entries), found.hotline, entries)


def guidance(found: Assessment, entries: Sequence[Entry]) -> str:
    """The sentences for the highest level; where life is in danger, with the first thing to do."""
    if found.level is Level.NONE:
        return ""
    if found.level is Level.CRISIS:
        return _CRISIS
    if found.level is Level.URGENT:
        return f"{_POLICE if found.hotline == '112' else _URGENT} {entries[0].steps[0]}"
    beside = f" {_BESIDE_119}" if _OWN_HAND & {sign.code for sign in found.signs} else ""
    return f"{found.signs[0].name}: {disclaimers.CALL_119}. {entries[0].steps[0]}{beside}"
