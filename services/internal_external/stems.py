"""The form in which symptoms are matched: no spaces, no case particles, none of the words people fill in between."""

from __future__ import annotations

import re

from services.safety.text import compact, normalised

_FILLERS = re.compile(
    r"(?<!\S)(자꾸|너무|요즘|요새|계속|많이|조금|좀|막|진짜|정말|엄청|되게|약간|살짝|가끔|며칠째|몇\s?달째|그냥|갑자기)(?!\S)"
)
_PARTICLE = re.compile(r"(?<=[가-힣]{2})(이|가|은|는|을|를|도|에|의|만)(?=\s)|(?<=[가-힣])(이|가|을|를|도)(?=\s)")


def stemmed(text: str) -> str:
    """The matching form of a phrase or a question: "머리가 자꾸 아파요" → "머리아파요"."""
    plain = _FILLERS.sub(" ", normalised(text))
    return compact(_PARTICLE.sub("", plain))
