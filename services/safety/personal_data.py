"""Masks what tells who somebody is, and leaves what tells how they are: doses, pressures, laboratory values, dates.

A number says by its shape, or by the words around it, what it is. Names of people are not looked for, and of an address
the district stays, because the nearest pharmacy depends on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.safety.identifiers import Rule, rules
from services.safety.text import normalised

# Words that say that the number after them belongs to a thing, not to a person.
_OF_A_THING = re.compile(
    r"(?:제조|로트|lot|바코드|보험\s?코드|품목|허가|시리얼|serial|주문|운송장|송장|모델|ndc|표준\s?코드|약품\s?코드|제품)"
    r"[\s.]?(?:no|코드|번호|기준\s?코드)?[가-힣\s.:#]{0,5}$",
    re.IGNORECASE,
)
_HALFWIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with placeholders such as "[전화번호]" for personal data, and the kinds that were found."""

    text: str
    found: tuple[str, ...]


def mask(text: str) -> Masked:
    """Replaces personal data. A text without any is returned exactly as it came; otherwise in normal form."""
    masked, found = normalised(text).translate(_HALFWIDTH), []
    for rule in rules():
        replaced = _replaced(rule, masked)
        if replaced != masked:
            found.append(rule.kind)
        masked = replaced
    return Masked(masked, tuple(dict.fromkeys(found))) if found else Masked(text, ())


def _replaced(rule: Rule, text: str) -> str:
    def placeholder(match: re.Match[str]) -> str:
        begin, end = match.span("x")
        if _OF_A_THING.search(text, max(0, begin - 20), begin) or not rule.really(match):
            return match.group()
        return f"{text[match.start() : begin]}[{rule.kind}]{text[end : match.end()]}"

    return rule.pattern.sub(placeholder, text)
