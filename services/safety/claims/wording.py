"""Wording that must never go out: a diagnosis, a prescription, leave to take a medicine, needless calming.

Checked on every sentence of an answer, whoever wrote it: a passage, a rule, a language model.
"""

from __future__ import annotations

import re

from services.safety.text import normalised

_TAKING = (
    r"(?:드셔|드시어|잡수셔|먹어|먹여|복용해|복용하여|복용하셔|복용시켜|투여해|투여하셔|마셔|마시셔|발라|바르셔|맞아|맞으셔|주사해"
    r"|끊어|끊으셔|중단해|중단하셔|거르셔|걸러|줄여|줄이셔|늘려|늘리셔|섞어|병용해|병용하셔|함께\s?써|함께\s?쓰셔)"
)
_FINE = (
    r"(?:됩니다|돼요|되어요|되세요|된다(?!는|고)|괜찮(?!지|다는|은지)|무방(?!하지|하다는)"
    r"|상관\s?없|문제\s?없|좋습니다|안전합니다)"
)
_GIVEN = r"(?:\s?(?:드립니다|드리겠습니다|드릴게요|드릴께요|드려요|드렸습니다)|겠습니다|줄게)"
_ILL = r"[가-힣]{0,8}(?:병|염|암|증|증후군|질환|감기|독감|경색|출혈|골절|결핵|장애)"
_IS = r"(?:입니다|이에요|예요|이네요|이십니다|으로\s?보입니다|이\s?확실합니다|이\s?맞습니다)"

_FORBIDDEN = tuple(
    re.compile(pattern)
    for pattern in (
        # A diagnosis given.
        rf"(?:진단|확진)(?:을|를)?\s?(?:해|내려)?{_GIVEN}",
        rf"(?:당신|환자분|귀하|고객님|회원님|사용자님|질문자님)(?:은|는|의\s?(?:병명|진단명|증상)은)\s[^.?!]{{0,20}}{_ILL}{_IS}",
        rf"(?:병명|진단명)은\s[^.?!]{{0,12}}{_ILL}{_IS}",
        # A prescription given.
        rf"처방(?:을|전을|전)?\s?(?:해|내려|써|발행해|발급해)?{_GIVEN}",
        r"처방전?이?\s?발(?:행|급)(?:되었습니다|했습니다|됐습니다)",
        # Leave to take, stop, mix or change a medicine.
        rf"{_TAKING}도\s?(?:별\s?|아무\s?|크게\s?|전혀\s?)?{_FINE}",
        # Calming, and keeping somebody from help.
        r"안심(?:하세요|하십시오|하셔도|해도|하시면)",
        r"걱정(?:하지|할\s?필요)(?:는|가|도)?\s?(?:마세요|마십시오|않(?:아|으셔)도\s?(?:됩니다|돼요)|없습니다|없어요)",
        r"(?:병원|응급실|의사|진료)[^.?!]{0,12}(?:가지|받지|만나지|갈|받을|만날)\s?(?:않(?:아|으셔)도\s?(?:됩니다|돼요|괜찮)|필요(?:는|가|도)?\s?없습니다)",
        r"119[^.?!]{0,15}(?:필요(?:는|가|도)?\s?없|부르지\s?않(?:아|으셔)도|부르지\s?마세요)",
    )
)


def forbidden(text: str) -> list[str]:
    """The phrases of ``text`` that must not go out, in the order of the rules; empty when it may."""
    plain = normalised(text)
    return [found.group() for rule in _FORBIDDEN if (found := rule.search(plain))]
