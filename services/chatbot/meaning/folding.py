"""A question in one spelling: lower case, digits for numerals, denial before its verb."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from services.chatbot.meaning.words import NATIVE_NUMERALS
from services.safety.text import normalised

_TENS = {"스무": 20, "서른": 30, "마흔": 40, "쉰": 50}
_VALUE = {word: str(_TENS.get(word, number)) for number, word in enumerate(NATIVE_NUMERALS, 1)}
_DAYS = {"이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8, "열흘": 10, "보름": 15}
_UNITS = (
    r"알|정(?=[이을은씩도까 ]|$)|살|세(?=[가이는의 ]|$)|번(?!호)|시간|시(?=[에까부 ]|$)|달|개월|"
    r"주(?=[일간째 된]|$)|잔|병(?![원에])|포(?=[를씩 ])|방울|개(?=[를가씩월 ]|$)|숟갈|스푼|가지|종류|"
    r"차례|봉지|배(?=[로를 ])|주일"
)
_COUNT = re.compile(rf"(?<![가-힣])({'|'.join(sorted(NATIVE_NUMERALS, key=len, reverse=True))})\s?(?={_UNITS})")
_DAY = re.compile(rf"(?<![가-힣])({'|'.join(_DAYS)})(?![가-힣]*약)")
_SINO = re.compile(r"(?<![가-힣])([일이삼사오육칠팔구십백천만]+)\s?(?=년|개월|밀리|mg|퍼센트|프로(?!페|게))")
_SINO_DIGITS = {char: number for number, char in enumerate("일이삼사오육칠팔구", 1)}
_SINO_POWERS = {"십": 10, "백": 100, "천": 1000, "만": 10000}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DENIED_AFTER = re.compile(r"(?<!\S)(\S+?)지(?:는|도|를)?\s?(않|말|못하|못해|못했|못)")
_WORDY_DENIAL = {"않": "안", "말": "마"}
_PUNCTUATION = re.compile(r"[^\w.%~/+<>=≤≥-]+|_+|(?<!\d)[./]|[./](?!\d)|~+(?!\d)|(?<![<>])=|-(?!\d)|(?<=[^\s<>])-")
# Turns of phrase that stand for others.
_SAID_ALIKE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<!\S)(\S+?)지\s?말라(?:는|고)"), r"\1면 안 되는"),
    (re.compile(r"(?:을|를)?\s?피하라는"), " 먹으면 안 되는"),
    (re.compile(r"(?<!\S)(\S+면)\s?왜\s?안\s?(되|돼|됩)"), r"왜 \1 안 \2"),
    (re.compile(r"(?:24시간|하루|온)\s?(?:내내|종일)"), "하루종일"),
    (re.compile(r"먹은(?=\s?(?:것|거|지|적|게)(?![가-힣]*야))"), "먹었"),
    (re.compile(r"드신(?=\s?(?:것|거|지|적|게)(?![가-힣]*야))"), "드시었"),
    (re.compile(r"(드|마)셨|(?<=먹)였"), lambda match: f"{match[1]}시었" if match[1] else "이었"),
    (re.compile(r"(피임약\s?)하루\s?치"), r"\1 1알"),
    (re.compile(r"(검사|검진|진료|내시경|수술|치료|접종|발급|상담|촬영)(?:을|를)?\s?받"), r"\1 하"),
)
_LAUGHTER = re.compile("[ㅋㅎㅠㅜㅡ]+")
_BLANKS = re.compile(r"\s+")


def folded(text: str) -> str:
    """The text as its meaning is read from. "두 알 먹지 않으면?" → "2알 안 먹으면"."""
    lower = unicodedata.normalize("NFKC", _LAUGHTER.sub(" ", normalised(text))).lower()
    plain = _BLANKS.sub(" ", _PUNCTUATION.sub(" ", _THOUSANDS.sub("", lower))).strip()
    for pattern, other in _SAID_ALIKE:
        plain = pattern.sub(other, plain)
    return _DENIED_AFTER.sub(_denied, _numerals(plain))


def _numerals(text: str) -> str:
    text = re.sub(r"(?<![가-힣])일주일", "7일", text)
    text = _DAY.sub(lambda match: f"{_DAYS[match[1]]}일", text)
    text = _COUNT.sub(lambda match: _VALUE[match[1]], text)
    return _SINO.sub(lambda match: str(_sino(match[1])), text)


def _sino(word: str) -> int:
    """ "십이" → 12, "육백오십" → 650."""
    total = digit = 0
    for char in word:
        if char in _SINO_POWERS:
            total += (digit or 1) * _SINO_POWERS[char]
            digit = 0
        else:
            digit = _SINO_DIGITS[char]
    return total + digit


def _denied(match: re.Match[str]) -> str:
    """ "멈추지 않는데" → "안 멈추는데": "않" and "말" are told apart, one states and the other forbids."""
    verb = match[1]
    return f"{_WORDY_DENIAL.get(match[2], '못')} {verb}"
