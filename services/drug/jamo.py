"""Hangul taken apart into letters, and how far two spellings are from each other."""

from __future__ import annotations

from functools import lru_cache

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_FIRST, _LAST = 0xAC00, 0xD7A3
# Letters that sound alike and are mistaken for each other in medicine names.
_ALIKE = (
    "ㄱㄲㅋ",
    "ㄷㄸㅌ",
    "ㅂㅃㅍ",
    "ㅅㅆ",
    "ㅈㅉㅊ",
    "ㅐㅔ",
    "ㅒㅖ",
    "ㅙㅚㅞ",
    "ㅓㅗ",
    "ㅏㅑ",
    "ㅓㅕ",
    "ㅗㅛ",
    "ㅜㅠ",
    "ㅡㅜ",
)
_SOUND_ALIKE = frozenset((a, b) for group in _ALIKE for a in group for b in group if a != b)
_HALF = 0.5


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """The text with every syllable taken apart; a silent first ㅇ is left out: "약" → "ㅑㄱ"."""
    return "".join(_syllable(char) if _FIRST <= ord(char) <= _LAST else char for char in text)


def _syllable(char: str) -> str:
    number = ord(char) - _FIRST
    initial = _INITIALS[number // 588]
    final = _FINALS[number % 28].strip()
    return ("" if initial == "ㅇ" else initial) + _MEDIALS[number % 588 // 28] + final


def has_final(text: str) -> bool:
    """True when the last syllable ends in a consonant, which chooses the particle: 타이레놀은, 게보린은, 판피린티는."""
    last = text.rstrip(")]\"' ")[-1:]
    if _FIRST <= ord(last or " ") <= _LAST:
        return bool((ord(last) - _FIRST) % 28)
    return last in "013678lmnrgLMNR㎎㎍"


def distance(one: str, other: str, most: float) -> float:
    """Letters to change between two spellings already taken apart; sound-alikes count half.

    Gives up and returns a number above ``most`` as soon as it is certain to be exceeded.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[float] = [float(column) for column in range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        current = [float(row)]
        for column, opposite in enumerate(other, 1):
            swap = before[column - 1] + _cost(letter, opposite)
            current.append(min(swap, before[column] + 1, current[column - 1] + 1))
        if min(current) > most:
            return most + 1
        before = current
    return before[-1]


def _cost(letter: str, opposite: str) -> float:
    if letter == opposite:
        return 0.0
    return _HALF if (letter, opposite) in _SOUND_ALIKE else 1.0
