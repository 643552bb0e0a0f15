"""Brings typed Korean and the words of the rules to one spelling, so that common slips do not hide a sign.

Vowels that sound alike (ㅐ/ㅔ, ㅚ/ㅙ/ㅞ, …) and final consonants that are mixed up in typing (ㅆ/ㅅ, ㄲ/ㄱ) become one.
Both the text and the patterns of the rules pass through :func:`folded`; it changes Hangul syllables only.
"""

from __future__ import annotations

import re

_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS = {3: 1, 5: 1, 7: 1, 10: 11, 15: 11}  # ㅒㅔㅖ → ㅐ, ㅙㅞ → ㅚ
_FINALS = {20: 19, 2: 1}  # ㅆ → ㅅ, ㄲ → ㄱ


# 에 is a particle, 애 a child, 예 a copula: too short and too frequent to be one.
_KEPT = frozenset("에애예")


def _fold(code: int) -> int:
    if chr(code) in _KEPT:
        return code
    initial, rest = divmod(code - _FIRST, 588)
    vowel, final = divmod(rest, 28)
    return _FIRST + initial * 588 + _VOWELS.get(vowel, vowel) * 28 + _FINALS.get(final, final)


_TABLE = {code: _fold(code) for code in range(_FIRST, _LAST + 1)}

# Slips of the keyboard, dialect and chat that hide whole stems; left is folded spelling.
_SLIPS = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (r"(?<!지)(?<!치)않(?=[쉬쉽쉰쉼셔나보먹멈멎움일돼되깨떠떨내빠삼])", "안"),
        (r"(?<![가-힣]{2}[아어])몬(?=[쉬쉽쉰셔삼먹움걷일참하자보느넘뜨])", "못"),
        (r"모(?=쉬[어겟고]|쉬겠|삼키|일어나겟)", "못"),
        (r"갑작이|갑지기|갑자귀|갑짜기|각자기|갑자리|갑자이", "갑자기"),
        (r"업[서써]|없써", "없어"),
        (r"업는", "없는"),
        (r"업고", "없고"),
        (r"조아", "좋아"),
        (r"만아", "많아"),
        (r"만이(?=아|먹|토|나|흘|부)", "많이"),
        (r"마니(?=아|먹|토|나|흘|부)", "많이"),
        (r"어지러버|어지러와", "어지러워"),
        (r"짔(?=[어다는고])|짓(?=[어다는고])", "졋"),
        (r"뿌러", "부러"),
        (r"삼컷|삼켯|삼컸", "삼켯"),
        (r"아푸|아프다카", "아프"),
        (r"아퍼", "아파"),
        (r"호홉", "호흡"),
        (r"가심(?=[이을에아한속])", "가슴"),
        (r"피까", "피가"),
        (r"의식[을이]?일[엇었]", "의식을잃엇"),
        (r"정신[을이]?일[엇었]", "정신을잃엇"),
        (r"쓰러저|쓸어져|쓸어졋|쓰려졋", "쓰러졋"),
        (r"두드레기|두드러기가", "두드러기"),
    )
)
# Longer stems worth mending when a single syllable is off by one letter.
_KEY_STEMS = (
    "갑자기", "쓰러졋", "쓰러져", "숨을안쉬", "숨을못쉬", "안움직여", "식은땀", "의식이없", "호흡곤란", "심정지",
    "두드러기", "농약을", "삼켯어", "어눌해", "마비가", "피를토", "부러졋", "가슴통증", "팔다리", "기절햇", "실신햇",
    "죽고싶", "자살하", "베엿어", "번개탄",
)  # fmt: skip


def folded(text: str) -> str:
    """``text`` with Hangul syllables in the common spelling; everything else unchanged."""
    return text.translate(_TABLE)


def mended(text: str) -> str:
    """Folded compact text with the usual slips put right."""
    for wrong, right in _MENDING:
        text = wrong.sub(right, text)
    return _NEAR_STEM.sub(_nearest, text)


def _jamo(syllables: str) -> list[int]:
    parts: list[int] = []
    for char in syllables:
        initial, rest = divmod(ord(char) - _FIRST, 588)
        parts += (initial, *divmod(rest, 28))
    return parts


_STEMS = tuple((folded(stem), _jamo(folded(stem))) for stem in _KEY_STEMS)
_MENDING = tuple((re.compile(folded(wrong.pattern)), folded(right)) for wrong, right in _SLIPS)
_NEAR_STEM = re.compile("|".join(f"{stem[:i]}[가-힣]{stem[i + 1 :]}" for stem, _ in _STEMS for i in range(len(stem))))


def _nearest(match: re.Match[str]) -> str:
    found = match.group()
    parts = _jamo(found)
    for stem, letters in _STEMS:
        if len(stem) == len(found) and sum(a != b for a, b in zip(letters, parts, strict=True)) <= 1:
            return stem
    return found
