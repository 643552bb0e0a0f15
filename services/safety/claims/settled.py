"""Verdicts that the rules have settled: an answer may explain them and must not soften them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.safety.claims.names import Names
from services.safety.claims.polarity import Stance, stance
from services.safety.claims.words import softeners

_PAIR = re.compile(r"두 (?:약|성분|제품)|이 조합|함께|같이|병용|동시에")
_OPPOSED = re.compile(r"(?:지 마세요|안 되는|금기|피하세요|안 됩니다)")
_TAKES = re.compile(
    r"(?:복용|드|먹|사용|써|쓰)[가-힣]{0,3}(?:세요|십시오|됩니다)|[가-힣]\s?수(?:도|가)?\s?있습니다|간격|주의|지켜보|살피"
)
_BANS = re.compile(r"지\s?(?:마|말|않)|안\s?[됩돼되]|금기|피하|금지|삼가")


def contradicts(text: str, settled: Sequence[str], known: Names) -> bool:
    """True when ``text`` speaks of what a settled verdict forbids and does not forbid it."""
    said = {one.name for one in known.found(text)}
    for verdict in settled:
        if _OPPOSED.search(verdict) and _same_subject(said, {one.name for one in known.found(verdict)}, text):
            return _softens(text)
    return False


def _same_subject(said: set[str], judged: set[str], text: str) -> bool:
    if len(judged) >= 2:
        return (
            judged <= said
            or (not said and bool(_PAIR.search(text)))
            or (len(said & judged) == 1 and bool(_PAIR.search(text)) and len(said) == 1)
        )
    return bool(judged) and judged <= said


def _softens(text: str) -> bool:
    if stance(text) is Stance.ALLOWS or softeners(text):
        return True
    return bool(_TAKES.search(text)) and not _BANS.search(text)
