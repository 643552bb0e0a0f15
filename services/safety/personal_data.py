"""Masks what tells who somebody is, and leaves what tells how they are: doses, pressures, laboratory values, dates.

A number says by its shape or by the words before it what it is. Names of people are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DASH = r"[\-‐‑‒–—−－~.·/ ]"
_SEP = rf"\s?{_DASH}?\s?"
# Not inside a longer number or word.
_FREE, _END = r"(?<![0-9A-Za-z])(?<![0-9][.\-])", r"(?![0-9A-Za-z])(?!-[0-9])"
_SPOKEN = "공영일이삼사오육륙칠팔구"
_PROVINCES = (
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종)(?:특별시|광역시|특별자치시|시)?|(?:경기|강원|충청?북|충청?남|전라?북|전라?남|경상?북|경상?남|제주)"
    r"(?:특별자치)?도?|제주특별자치도|강원특별자치도|전북특별자치도"
)
_UNIT = r"(?:\s?,?\s?(?:제?\d{1,4}|[A-Za-z가-힣]{1,2})\s?동)?(?:\s?,?\s?(?:지하\s?)?[BＢ]?\d{1,4}\s?[호층])?"
_BUILDING = rf"(?:\s?,?\s?[가-힣A-Za-z0-9]{{1,14}}(?:아파트|빌라|빌딩|맨션|오피스텔|하우스|주택|타워|타운|파크|캐슬|자이|원룸|고시원|연립))?{_UNIT}"
_DATE = (
    r"(?:(?:19|20)?\d{2}\s?년\s?(?:생|\d{1,2}\s?월\s?\d{1,2}\s?일(?:\s?생)?)|(?:19|20)\d{2}\s?[.\-/]\s?\d{1,2}\s?[.\-/]\s?\d{1,2}"
    r"|\d{2}[01]\d[0-3]\d|(?:19|20)\d{2}[01]\d[0-3]\d|\d{2}[.\-/]\d{1,2}[.\-/]\d{1,2})"
)
_LINK = r"(?:번호)?\s?(?:이|가|은|는|도|:|：|=|#|을|를)?\s?(?:요\s)?"


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with placeholders in place of personal data, and the kinds that were found, in order of the rules."""

    text: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    pattern: re.Pattern[str]
    really: Callable[[str], bool] = lambda _: True

    def apply(self, text: str) -> str:
        return self.pattern.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        """A match's named part ``x`` is replaced, or all of it."""
        named = "x" in self.pattern.groupindex
        secret = match["x"] if named else match.group()
        if not self.really(secret):
            return match.group()
        begin, end = match.span("x") if named else match.span()
        whole, at = match.group(), match.start()
        return f"{whole[: begin - at]}[{self.kind}]{whole[end - at :]}"
