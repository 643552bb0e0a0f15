"""Department words as people say them, and the official names the records use.

Official names follow 전문의의 수련 및 자격 인정 등에 관한 규정; people kept 비뇨기과, 정신과, 흉부외과 and 소아과
after the official ones had changed. A subspecialty leads to the specialty that holds it.
"""

from __future__ import annotations

import re

# Official name, then what else people say for it.
_NAMES = """
내과 순환기과
신경과
정신건강의학과 정신과 정신의학과 신경정신과 정신건강과
외과 일반외과 항문외과 대장항문외과 유방외과 갑상선외과 혈관외과
정형외과 정형의과
신경외과
심장혈관흉부외과 흉부외과
성형외과
마취통증의학과 통증의학과 통증과 통증클리닉 마취과
산부인과 산부과 부인과 여성의원 여성병원
소아청소년과 소아과 소청과 소아청소년 어린이병원 아동병원 소아신경과 소아심장과 소아내분비과 소아알레르기과
안과
이비인후과 이빈후과 이비인후가 이비인후 이비과
피부과
비뇨의학과 비뇨기과 비뇨과
영상의학과 영상과
방사선종양학과
재활의학과 재활과
가정의학과 가정의원
응급의학과
결핵과
핵의학과
진단검사의학과
직업환경의학과
예방의학과
치과 치과의원 치과병원
한방내과
침구과
한방부인과
한방소아과
한방재활의학과
사상체질과
구강악안면외과 구강외과
치과교정과 교정치과 치아교정
소아치과 어린이치과
치주과
치과보존과
치과보철과
"""
_PARTS = """
소화기내과 호흡기내과 순환기내과 심장내과 내분비내과 신장내과 류마티스내과 류머티스내과 류마티스과 감염내과 혈액내과
종양내과 혈액종양내과 알레르기내과 알러지내과 노년내과
"""
_PARTS_OF_INTERNAL_MEDICINE = frozenset(_PARTS.split())

_LEADS_TO = {word: line.split()[0] for line in _NAMES.split("\n") if line for word in line.split()}
_LEADS_TO |= dict.fromkeys(_PARTS_OF_INTERNAL_MEDICINE, "내과")


def _pattern(word: str) -> str:
    """The word with the blanks people put into longer ones; 안과 not as the end of 불안과, 동안과 …"""
    if len(word) > 2:
        return r"\s?".join(word)
    return r"(?<![불편동방제대미])안과" if word == "안과" else word


# Longest first.
_WORD = re.compile("|".join(_pattern(word) for word in sorted(_LEADS_TO, key=len, reverse=True)))


def official(word: str) -> str | None:
    """The official name of one department word, e.g. "정신과" → "정신건강의학과"; None when it is none."""
    return _LEADS_TO.get(re.sub(r"\s", "", word))


def mentioned(text: str) -> list[str]:
    """The official names of the departments a text speaks of, in order, each once."""
    return list(dict.fromkeys(_LEADS_TO[word] for word in _words(text)))


def subspecialties(text: str) -> list[str]:
    """Words that name a part of internal medicine, which the records do not tell apart."""
    return [word for word in _words(text) if word in _PARTS_OF_INTERNAL_MEDICINE]


def _words(text: str) -> list[str]:
    return [re.sub(r"\s", "", match[0]) for match in _WORD.finditer(text)]
