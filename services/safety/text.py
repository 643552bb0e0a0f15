"""What a person typed, made comparable: one normal form to keep, one compact form to match."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u180e\ufe0e\ufe0f")
_BLANKS = re.compile(r"\s+")
_NOT_LETTERS = re.compile(r"[^0-9a-z가-힣ㄱ-ㅎㅏ-ㅣ.,?!%~]+")
_REPEATED = re.compile(r"([ㅋㅎㅠㅜㅡ.,?!~])\1+")


def normalised(text: str) -> str:
    """The text in NFC on one line: no zero-width, bidi, control or surrogate characters, single spaces.

    Idempotent. Halfwidth jamo become full ones; letters, digits and case stay as typed.
    """
    kept = "".join(_kept(char) for char in text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", kept)).strip()


def _kept(char: str) -> str:
    if char in "\r\n\t\v\f\x85":
        return " "
    if char in _FILLERS or unicodedata.category(char) in _DROPPED:
        return ""
    return unicodedata.normalize("NFKC", char) if "\uffa1" <= char <= "\uffdc" else char


@lru_cache(maxsize=512)
def compact(text: str) -> str:
    """The matching form: normalised, halfwidth, lower case, no spaces, no symbols but sentence marks.

    "숨을   못 쉬어요ㅠㅠ!!" → "숨을못쉬어요ㅠ!"
    """
    folded = "".join(_folded(char) for char in normalised(text)).lower()
    return _REPEATED.sub(r"\1", _NOT_LETTERS.sub("", unicodedata.normalize("NFC", folded)))


def _folded(char: str) -> str:
    # NFKC would turn the jamo of chat shorthand (ㅅㄹㄹㅈ) into conjoining ones.
    return char if "\u3131" <= char <= "\u318e" else unicodedata.normalize("NFKC", char)
