"""Hangul syllables as their letters, so that a slip of one letter changes little of a word."""

from __future__ import annotations

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
# "-" stands for the absent final letter, so that every syllable has three.
_TAILS = "-ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_FIRST, _COUNT = 0xAC00, 11172


def letters(word: str) -> str:
    """Every syllable as lead, vowel and final ("간" → "ㄱㅏㄴ", "가" → "ㄱㅏ-"); other characters as they are."""
    return "".join(map(_letters, word))


def _letters(char: str) -> str:
    place = ord(char) - _FIRST
    if not 0 <= place < _COUNT:
        return char
    lead, rest = divmod(place, len(_VOWELS) * len(_TAILS))
    vowel, tail = divmod(rest, len(_TAILS))
    return _LEADS[lead] + _VOWELS[vowel] + _TAILS[tail]
