"""Numbers with their units, and the role each plays: how many, of what, at least or at most, per day or per dose.

"하루 4,000mg을 넘기지", "최대 4 g", "4000밀리그램까지" are one role; "1회 20mL" is another than "하루 20mL".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_NATIVE = {
    **dict(zip(("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"), range(1, 11), strict=True)),
    **{"석": 3, "넉": 4, "반": 0.5, "스무": 20, "열두": 12, "열다섯": 15},
}
_PEOPLE = {"둘": 2, "셋": 3, "넷": 4}
_DAYS = {"이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "열흘": 10, "보름": 15}
# Unit as written → what it is compared in, and how many of that one is. Hours, months, milligrams, millilitres.
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("mg", "밀리그램", "밀리그람", "㎎"), ("mg", 1)),
    **dict.fromkeys(("mcg", "µg", "μg", "ug", "마이크로그램", "㎍"), ("mg", 0.001)),
    **dict.fromkeys(("kg", "킬로그램", "킬로", "㎏"), ("mg", 1e6)),
    **dict.fromkeys(("g", "그램", "그람"), ("mg", 1000)),
    **dict.fromkeys(("mL", "ml", "cc", "밀리리터", "㎖"), ("ml", 1)),
    **dict.fromkeys(("L", "리터"), ("ml", 1000)),
    **dict.fromkeys(("IU", "iu", "단위", "유닛"), ("iu", 1)),
    **dict.fromkeys(("정", "알", "캡슐", "개"), ("piece", 1)),
    **dict.fromkeys(("회", "번", "차례"), ("times", 1)),
    **{name: (name, 1.0) for name in ("포", "병", "방울", "장", "잔", "컵", "숟가락", "모금", "봉", "매", "배", "명")},
    **{
        name: (name, 1.0)
        for name in ("가지", "사람", "병상", "군데", "원", "층", "호", "번지", "등급", "점", "종", "세대", "기", "급")
    },
    **{"만원": ("원", 1e4), "만 원": ("원", 1e4), "억원": ("원", 1e8)},
    **{"분": ("hour", 1 / 60), "초": ("hour", 1 / 3600), "시간": ("hour", 1), "일": ("hour", 24), "주": ("hour", 168)},
    **dict.fromkeys(("주일", "주간"), ("hour", 168)),
    **dict.fromkeys(("개월", "달"), ("month", 1)),
    **dict.fromkeys(("년", "해"), ("month", 12)),
    **dict.fromkeys(("세", "살"), ("age", 12)),
    **dict.fromkeys(("%", "퍼센트", "％"), ("%", 1)),
    **dict.fromkeys(("℃", "°C", "도", "°"), ("degree", 1)),
    **dict.fromkeys(("mmHg", "밀리미터수은주"), ("mmHg", 1)),
    **dict.fromkeys(("cm", "센티미터", "센티"), ("mm", 10)),
    **dict.fromkeys(("mm", "밀리미터"), ("mm", 1)),
    **dict.fromkeys(("km", "킬로미터"), ("mm", 1e6)),
    **dict.fromkeys(("m", "미터"), ("mm", 1000)),
    **{"시": ("clock", 1), "월": ("calendar month", 1)},
}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_COUNTED = "번|알|정|캡슐|개월|개|시간|달|살|주일|주|방울|컵|잔|모금|가지|사람|차례|포|병|장|회|배|숟가락|군데|명|해"
# "시" also begins 시작; "일" begins 일반; "주" begins 주의; "분" ends 부분: what may not follow a unit.
_AFTER = r"(?![a-zA-Z])(?!작|량|반적|상생활|으킬|의하|사(?![이를])|기[도는])"
_QUANTITY = re.compile(
    rf"(?<![\d.,a-zA-Z\-])(?:(?P<low>{_NUMBER})\s?(?P<first>{_UNIT})?\s?(?:~|-|–|∼|〜|에서\s|내지\s)\s?)?"
    rf"(?P<high>{_NUMBER})\s?(?P<unit>{_UNIT}){_AFTER}"
    rf"|(?<![가-힣])(?P<word>{'|'.join(sorted(_NATIVE, key=len, reverse=True))})(?P<wordto>두|세|네)?"
    rf"\s?(?P<counted>{_COUNTED})"
    r"(?=$|[^가-힣]|씩|을|를|이|은|는|과|와|만|까|마|간|동|정도|에|의|보다|로|으|넘|미|이|초|째|후|뒤|안)"
    rf"|(?<![가-힣])(?P<people>둘|셋|넷)(?=\s?이상|이면|이서)|(?<![가-힣])(?P<days>{'|'.join(_DAYS)})|(?<![가-힣])(?P<week>일주일|한\s?주일?)"
)
_PER = re.compile(
    r"(?P<day>하루|1일(?!\s*[~∼뒤후안])|매일|일일)|(?P<dose>(?<!하루\s)(?<!1일\s)(?<!매일\s)(?<!주\s)(?<!월\s)1회(?=\s|에|\s?용량)|한\s?번에|1회당|한\s?번(?=\s?분량))"
    r"|(?P<minute>분당|1분에)|(?P<week>주당|일주일에|1주일?에|주(?=\s?\d회))|(?P<month>한\s?달에|1개월에|월(?=\s?\d회))"
    r"|(?P<year>1년에|해마다|매년)|(?P<hour>시간당)"
)
_NEVER_OVER = re.compile(
    r"^[^.]{0,14}?(?:넘기?|초과(?:하|해)?)(?:어서?|겨서?|서|아서?)?(?:지|[^.]{0,12}?지)\s?(?:마|말|않|못)|^[^.]{0,8}?(?:넘|초과)[^.]{0,10}?안\s?[됩돼되된]"
)
_BOUNDS = (
    ("every", re.compile(r"^\s?(?:마다|간격|에\s?한\s?번)")),
    (">=", re.compile(r"^\s?(?:이상|부터(?!\s?\d)|에서(?=\s\S{0,2}\s?$))")),
    ("<=", re.compile(r"^\s?(?:씩\s)?(?:이하|이내|까지|안에|내에|안으로|안(?:이|인|까지))")),
    ("<", re.compile(r"^\s?(?:미만|이 안 된|이 되지 않은|도 안 된|보다 어린)")),
    (">", re.compile(r"^\s?(?:초과|(?:[을를이가]\s?)?넘[게으은는어을기]|(?:[을를이가]\s?)?지나)")),
    ("after", re.compile(r"^\s?(?:정도\s|쯤\s)?(?:이?후|뒤|지나|이 지난)")),
    ("before", re.compile(r"^\s?(?:정도\s|쯤\s)?(?:이?전)(?![가-힣])|^\s?(?:정도\s|쯤\s)?(?:이?전)[에부]")),
)
_AT_MOST = re.compile(r"(?:최대|많아도|최고|길어도)\s?(?:약\s)?$")
_AT_LEAST = re.compile(r"(?:최소|적어도|최소한)\s?(?:약\s)?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """``low`` to ``high`` of ``kind``, at ``start`` to ``end``; ``bound`` ">=" for "이상"; ``per`` "day", … or ""."""

    low: float
    high: float
    kind: str
    bound: str = ""
    per: str = ""
    over_kg: bool = False
    start: int = 0
    end: int = 0

    def supported_by(self, other: Quantity) -> bool:
        """True when evidence that says ``other`` says this too."""
        same = (self.low, self.high, self.kind, self.over_kg) == (other.low, other.high, other.kind, other.over_kg)
        return same and self._bound_as(other) and self.per in ("", other.per)

    def _bound_as(self, other: Quantity) -> bool:
        if self.bound == other.bound:
            return True
        return not self.bound and other.bound in ("every", "after", "before")


def quantities(text: str) -> list[Quantity]:
    """The quantities of a clause, in order."""
    counted_over = markers(text)
    found = [
        _read(match, text)
        for match in _QUANTITY.finditer(text)
        if not any(match.start() < end and start < match.end() for start, end in counted_over)
    ]
    following = [*(one.start for one in found[1:]), len(text)]
    return [
        replace(one, bound=_bound(text, one, until), per=_per(text, one))
        for one, until in zip(found, following, strict=False)
    ]


def markers(text: str) -> set[tuple[int, int]]:
    """Where ``text`` says what its quantities are counted over: 하루, 1회."""
    return {match.span() for match in _PER.finditer(text)}


def rhythms(text: str) -> frozenset[str]:
    """What ``text`` counts over: "day" for 하루 and 매일, "year" for 해마다, …."""
    return frozenset(match.lastgroup or "" for match in _PER.finditer(text))


def _read(match: re.Match[str], text: str) -> Quantity:
    start, end = match.span()
    if match["days"] or match["week"]:
        hours = 24 * _DAYS.get(match["days"] or "", 7)
        return Quantity(hours, hours, "hour", start=start, end=end)
    if match["people"]:
        many = _PEOPLE[match["people"]]
        return Quantity(many, many, "사람", start=start, end=end)
    if match["word"]:
        kind, one = _UNITS[match["counted"]]
        high = _NATIVE[match["wordto"]] if match["wordto"] else _NATIVE[match["word"]]
        return Quantity(_NATIVE[match["word"]] * one, high * one, kind, start=start, end=end)
    kind, one = _UNITS[match["unit"]]
    kind, one = ("hour", 24.0) if match["unit"] == "일" else (kind, one)
    low_one = _UNITS[match["first"]][1] if match["first"] else one
    high = _value(match["high"]) * one
    low = _value(match["low"]) * low_one if match["low"] else high
    over_kg = bool(re.match(r"\s?/\s?kg", text[end:])) or bool(re.search(r"kg당\s?$", text[:start]))
    return Quantity(round(low, 6), round(high, 6), kind, over_kg=over_kg, start=start, end=end)


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _bound(text: str, one: Quantity, until: int) -> str:
    """What the words before a quantity, and those after it up to the next, make of it."""
    before, after = text[: one.start], text[one.end : until]
    after = re.sub(r"^(?:/\s?kg)?\s?(?:정도|쯤|씩|간(?!격)|\([^)]*\))?", "", after)
    if _NEVER_OVER.match(after):
        return "<="
    for name, pattern in _BOUNDS:
        if pattern.match(after):
            return name
    if _AT_MOST.search(before):
        return "<="
    return ">=" if _AT_LEAST.search(before) else ""


def _per(text: str, one: Quantity) -> str:
    """What the nearest marker before the quantity says it is counted over."""
    if one.kind in ("age", "degree", "%"):
        return ""
    before = [match for match in _PER.finditer(text) if match.end() <= one.start]
    return (before[-1].lastgroup or "") if before else ""
