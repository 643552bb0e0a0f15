"""Numbers with their units, ages and spans of time, in one unit each."""

from __future__ import annotations

import re

from services.chatbot.meaning.marks import Marked, Slot

_NUMBER = r"\d+(?:\.\d+)?"
_AGE = re.compile(
    rf"(?:만\s?|생후\s?)?(?P<n>{_NUMBER})\s?(?:(?P<year>살|세(?![가-힣]{{2}})|돌)(?:\s?(?:된|짜리|인))?"
    r"|(?P<month>개월|달)(?:\s?(?:된|짜리)|(?=\s?(?:아기|애기|아이|영아|딸|아들)))"
    r"|(?P<week>주)\s?된|(?P<day>일)\s?된)"
)
_BORN = re.compile(rf"생후\s?(?P<n>{_NUMBER})\s?(?P<month>개월|달)")
_PRESSURE = re.compile(r"(\d{2,3})\s?(?:에|/)\s?(\d{2,3})(?!\d|\s?(?:번|시|알|정|mg))")
_UNITS = {
    "정": "정", "알": "정", "번": "회", "회": "회", "차례": "회", "mg": "mg", "밀리그램": "mg", "밀리그람": "mg",
    "미리그램": "mg", "밀리": "mg", "g": "g", "그램": "g", "그람": "g", "mcg": "μg", "μg": "μg",
    "마이크로그램": "μg", "ml": "ml", "cc": "ml", "시시": "ml", "밀리리터": "ml", "l": "l", "리터": "l",
    "iu": "iu", "단위": "iu", "유닛": "iu", "kg": "kg", "킬로그램": "kg", "킬로": "kg", "도": "도", "℃": "도",
    "°c": "도", "%": "%", "퍼센트": "%", "프로": "%", "포": "포", "봉지": "포", "방울": "방울", "잔": "잔",
    "병": "병", "캔": "캔", "개": "개", "캡슐": "캡슐", "가지": "가지", "종류": "가지", "스푼": "숟갈",
    "숟갈": "숟갈", "배": "배", "층": "층", "cm": "cm", "센티": "cm", "살": "세", "세": "세",
}  # fmt: skip
_SECONDS = {
    "초": 1, "분": 60, "시간": 3600, "일": 86400, "주일": 604800, "주": 604800, "개월": 2592000, "달": 2592000,
    "년": 31536000,
}  # fmt: skip
_AMOUNT = re.compile(
    rf"(?:(?P<low>{_NUMBER})(?:\s?~\s?|\s?에서\s))?(?P<n>{_NUMBER})\s?"
    rf"(?P<unit>{'|'.join(re.escape(u) for u in sorted({*_UNITS, *_SECONDS}, key=len, reverse=True))})"
    r"(?![a-z])(?P<nth>\s?째|\s?차)?(?!사[를 ]|기도|분[이의]|인데요없)"
)
_CLOCK = re.compile(r"(?P<n>\d{1,2})\s?시(?!간)")
_WHOLE_DAY = re.compile(r"하루\s?치")
_MONTHS = 12


def mark_amounts(marked: Marked) -> None:
    """Marks what is counted; ages in months, spans in seconds, everything else in its unit."""
    marked.replace(_BORN, lambda match: Slot("age", match["n"] + "개월"))
    marked.replace(_AGE, _age)
    marked.replace(_WHOLE_DAY, lambda _: Slot("amount", "1일치"))
    marked.replace(_PRESSURE, lambda match: Slot("amount", f"{match[1]}/{match[2]}"))
    marked.replace(_CLOCK, lambda match: Slot("amount", f"{match['n']}시"))
    marked.replace(_AMOUNT, _amount)


def _age(match: re.Match[str]) -> Slot:
    if match["year"]:
        return Slot("age", f"{_plain(float(match['n']) * _MONTHS)}개월")
    unit = "개월" if match["month"] else "주" if match["week"] else "일"
    return Slot("age", f"{_plain(float(match['n']))}{unit}")


def _amount(match: re.Match[str]) -> Slot:
    unit, nth = match["unit"], "째" if match["nth"] else ""
    low = f"{match['low']}~" if match["low"] else ""
    if unit in _SECONDS:
        return Slot("span", f"{low}{_plain(float(match['n']) * _SECONDS[unit])}s{nth}")
    return Slot("amount", f"{low}{_plain(float(match['n']))}{_UNITS[unit]}{nth}")


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
