"""What a question itself says about the person: "임신 30주", "4개월 아기", "7살", "75세 아버지", "모유수유 중"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.drug.rules import Person
from services.safety.people import A_CHILD

_YEAR = 12
_PREGNANT = re.compile(
    r"임신\s*(?:\d+\s*(?:주|개월)|중|했|한\s*(?:것|상태|사람)|초기|중기|후기|말기|부|된|이에요|입니다|인데|이고|일\s*(?:때|수도))|"
    r"임산부|임부|만삭|산모|뱃속"
)
_NOT_PREGNANT = re.compile(r"임신(?:은|이|한\s*(?:건|것은)|\s*중(?:은|이))?\s*(?:아니|아닌|안\s*했)")
_BREASTFEEDING = re.compile("모유|수유|젖\\s*(?:먹|물)")
# Months of a person, not of a treatment ("3개월째 먹는") or of an expired medicine.
_MONTHS = re.compile(
    r"(?:생후\s*(\d+)\s*개월|(\d+)\s*개월(?:\s*(?:된|짜리|인))?\s*(?:아기|아이|아가|애|영아|남아|여아|딸|아들|조카|손주|둥이))"
)
_DAYS = re.compile(r"(?:생후\s*)?(\d+)\s*일\s*(?:된\s*)?(?:아기|아가|신생아)|(백일)\s*(?:된\s*)?(?:아기|아가)")
_YEARS = re.compile(r"(?:만\s*)?(\d{1,3})\s*(?:살|세)(?!\s*(?:이상|미만|이하|초과|부터|까지|기|대))")
_DECADE = re.compile(r"([6-9])0\s*대|([칠팔구])십\s*대")
_GRADE = re.compile(r"초등(?:학교|학생)?\s*(\d)\s*학년|초\s?([1-6])(?!\d)")
_KOREAN_YEARS = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_SPELLED = re.compile(rf"({'|'.join(_KOREAN_YEARS)})\s*살")
# Words for an age, with months that stand for it: the middle of the span they name.
_WORDS = (
    (re.compile("신생아|갓난"), 0),
    (re.compile(r"돌\s*(?:된|지난|쟁이|아기)|돌쟁이"), 12),
    (re.compile("유치원생|유치원 다니"), 5 * _YEAR),
    (re.compile("초등학생|초딩|초등생"), 9 * _YEAR),
    (re.compile("중학생|중딩"), 14 * _YEAR),
    (re.compile("고등학생|고딩"), 16 * _YEAR),
)
_ELDERLY = re.compile("어르신|노인|고령|할머니|할아버지|할매|할배|노모|팔순|칠순")
_CHILD = re.compile(
    rf"아기|{A_CHILD}|아가|애기|어린이|소아|유아|영아|신생아|초등|유치원|우리\s*애|애한테|애가|아들|딸|조카|손주|키즈"
)
_CHILDREN_ARE_BELOW = 12 * _YEAR
_AN_ELDERLY_PERSON = 70 * _YEAR


@dataclass(frozen=True, slots=True)
class Cues:
    """What a question says of the person; None and False where it says nothing. ``child`` and ``elderly`` are also
    true for a word alone ("아기", "어르신")."""

    age_months: int | None = None
    pregnant: bool | None = None
    breastfeeding: bool = False
    child: bool = False
    elderly: bool = False


def cues(question: str) -> Cues:
    """The cues of a question."""
    age = _age(question)
    child = age < _CHILDREN_ARE_BELOW if age is not None else bool(_CHILD.search(question))
    elderly = not child and bool(_ELDERLY.search(question))
    if age is None and elderly:
        age = _AN_ELDERLY_PERSON
    pregnant = False if _NOT_PREGNANT.search(question) else True if _PREGNANT.search(question) else None
    return Cues(age, pregnant, bool(_BREASTFEEDING.search(question)), child, elderly)


def _age(question: str) -> int | None:
    """Completed months; the youngest person wins, since the youngest is in most danger."""
    found = [int(first or second) for first, second in _MONTHS.findall(question)]
    found += [3 if spelled else int(days) * _YEAR // 365 for days, spelled in _DAYS.findall(question)]
    found += [int(years) * _YEAR for years in _YEARS.findall(question) if int(years) <= 120]
    found += [_KOREAN_YEARS[word] * _YEAR for word in _SPELLED.findall(question)]
    found += [(6 + int(first or second)) * _YEAR for first, second in _GRADE.findall(question)]
    found += [_decade(digit, word) for digit, word in _DECADE.findall(question)]
    if found:
        return min(found)
    return next((months for pattern, months in _WORDS if pattern.search(question)), None)


def _decade(digit: str, word: str) -> int:
    return (int(digit) if digit else {"칠": 7, "팔": 8, "구": 9}[word]) * 10 * _YEAR


def with_cues(person: Person, said: Cues) -> Person:
    """The person as the question describes them. An age in the question is of the person the question is about, who
    need not be the one whose profile it is; then pregnancy and allergies of the profile are not theirs."""
    someone_else = said.age_months is not None and person.age_months is not None and said.child
    known = Person() if someone_else else person
    return replace(
        known,
        age_months=said.age_months if said.age_months is not None else known.age_months,
        pregnant=said.pregnant if said.pregnant is not None else known.pregnant,
        breastfeeding=said.breastfeeding or known.breastfeeding,
    )
