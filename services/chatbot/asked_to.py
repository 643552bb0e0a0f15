"""What a question asks this platform to do that it never does, and the sentence that says so."""

from __future__ import annotations

import re

from services.safety.disclaimers import NO_DIAGNOSIS, NO_PRESCRIPTION

_DIAGNOSE = re.compile(
    r"(?:이|인|거|건|게|증|염|암|병|풍|증후군)\s?(?:맞죠|맞지요|맞나요|맞아요|맞는지|죠\??$|이죠|이지요)|이죠|암인가|인가요\?*$|진단\s?(?:해|내려|좀)|"
    r"확진|무슨\s?병|어떤\s?병|병명|맞다\s?아니다"
)
_PRESCRIBE = re.compile(r"처방\s?(?:해|써|내려|발행|좀)|약\s?(?:지어|처방)\s?(?:줘|주세요)|처방전\s?(?:써|발행|만들)")


def never_done(question: str) -> list[str]:
    """The fixed sentences that belong in front of the answer; empty for most questions."""
    said = []
    if _DIAGNOSE.search(question):
        said.append(f"{NO_DIAGNOSIS}.")
    if _PRESCRIBE.search(question):
        said.append(f"{NO_PRESCRIPTION}.")
    return said
