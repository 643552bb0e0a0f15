"""Content words of Korean text, compared without a morphological analyser: particles and endings are taken off.

A word is known by several possible roots ("줄어들므로": 줄어들므로, 줄어들, 줄어드, …); two words are the same when
they share a root, when a root of two syllables or more begins the other word, or when the table says so.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "words.toml"
_WORD = re.compile(r"[0-9a-zA-Z가-힣]+")
_PARTICLES = re.compile(
    r"(?:에게서|에게는|에게도|에게|한테|께|으로부터|로부터|부터|까지|으로는|으로도|으로만|으로|로는|로도|로만|로서|로써|로|에서는|에서도|에서|에는|에도|에만|에"
    r"|이라도|이라면|이라는|이라고|이라|라도|라면|라는|라고|이나|이며|이고|이므로|이면|인데|이지만|입니다|이다|이었|였|인지|일|인|과는|와는|과도|와도|과|와|은|는|이|가|을|를|의|도|만|나|며|고"
    r"|처럼|만큼|보다|마다|밖에|뿐|씩|째|쯤|들은|들이|들을|들|때문에|때문|면)$"
)
_ENDINGS = re.compile(
    r"(?:하시기|하셨|하실|하신|하시|하세|하십|하지|하면|하려면|하려고|하려|하므로|하고|하며|하는|하던|하다가|하다|하더라도|하도록|하게|하기|하거나|하니|하여|하자|하"
    r"|해야|해도|해서|해지면|해지|해주|했다면|했다|했|해|합니다|합|한다면|한다|한|할|함|됩니다|됩|되지|되면|되므로|되고|되며|되는|되었|되어|되도록|되기|되|된다|된|될|됨|돼"
    r"|시키|시킬|시켜|시킵|받으|받는|받은|받을|받지|받게|받아|받|스럽|스러|로운|롭|적으로|적인|적이"
    r")(?:[가-힣]{0,5})$"
)
_INFLECTED = re.compile(
    r"(?:으시기|으세요|세요|으십시오|십시오|으셔야|셔야|습니다|ㅂ니다|니다|지는|지도|지만|지|으면서|면서|으면|면|으려면|려면|으려고|려고|려|으며|며|고|으므로|므로|으니|니까|니|는데|은데"
    r"|거나|도록|게|기를|기에|기도|기는|기|던|다가|다면|다고|다|더라도|아야|어야|여야|야|아도|어도|여도|도|아서|어서|여서|서|았|었|였|아|어|여|은|는|을|음|자마자|자)$"
)
_HONORIFIC = re.compile(r"(?<=[가-힣])으?[시신실십셔셨세]$")
_IRREGULAR = re.compile(r"([가-힣])([우워])$|([가-힣])([러라])$")
# "마시지 마시고": the second is no drinking.
_FORBIDDING = re.compile(r"지(?:는|도)?\s$")
_COPULA = re.compile(r"(?<=[가-힣])(?:입니다|이면|이라면|이므로|인데|이고|이며)$")
# There is, there is not: what is said of the word before, which polarity.py keeps.
_AUXILIARY = re.compile(
    r"^(?:못하|못해|못한|못합|않|없(?!애|어[지져집진질])|있|말고|마세|마십|아니|아닌|아닙|됩니|됐|된다|상황|중[이일인]|받[으아을습는고지게도은]"
    r"|되(?:면|며|고|는|지|어|었|기|므|거|니|더|던)|하(?:시|신|실|십|기|려|게)[가-힣]{0,3}$)"
)
_VOWEL_FINALS = {
    "겨": "기",
    "셔": "시",
    "려": "리",
    "져": "지",
    "켜": "키",
    "쳐": "치",
    "여": "이",
    "춰": "추",
    "둬": "두",
    "꿔": "꾸",
    "눠": "누",
    "혀": "히",
    "펴": "피",
    "며": "미",
    "벼": "비",
    "해": "하",
    "봐": "보",
    "줘": "주",
    "돼": "되",
}


_RIEUL, _BIEUP = 8, 17  # final consonants


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, its roots, where it stands."""

    text: str
    roots: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Table:
    bare: frozenset[str]
    same: dict[str, frozenset[int]]
    softeners: tuple[str, ...]
    light: frozenset[str]


@lru_cache(maxsize=1)
def _table() -> _Table:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(table["same"]):
        for word in line.split():
            groups.setdefault(word, set()).add(number)
    same = {word: frozenset(numbers) for word, numbers in groups.items()}
    bare, light = frozenset(table["bare"].split()), frozenset(table["light"].split())
    return _Table(bare, same, tuple(table["softeners"].split()), light)


@lru_cache(maxsize=4096)
def softeners(text: str) -> frozenset[str]:
    """The words of ``text`` that weaken what it says."""
    return frozenset(word for word in _table().softeners if word in text and re.search(rf"(?<![가-힣]){word}", text))


def light(word: Word) -> bool:
    """True for nouns that add nothing to what they stand by: 증상, 부위, 사람."""
    return _light(word.text)


@lru_cache(maxsize=16384)
def _light(word: str) -> bool:
    return bool({word, _PARTICLES.sub("", word)} & _table().light)


@lru_cache(maxsize=16384)
def _direction(word: str) -> str:
    up, down = groups("증가"), groups("감소")
    ways = {"up": bool(groups(word) & up), "down": bool(groups(word) & down)}
    return "" if ways["up"] == ways["down"] else "up" if ways["up"] else "down"


def direction(word: Word) -> str:
    """Whether something goes "up" (늘다, 높이다, 오르다) or "down" (줄다, 낮추다, 떨어지다) by the word; else ""."""
    return _direction(word.text)


def words(text: str) -> list[Word]:
    """The words of ``text`` that claim something, in order."""
    bare = _table().bare
    found = [Word(match.group(), roots(match.group()), *match.span()) for match in _WORD.finditer(text)]
    return [
        word
        for word in found
        if not bare & {word.text, _COPULA.sub("", word.text)}
        and not _AUXILIARY.match(word.text)
        and not word.text.isdigit()
        and not (word.text.startswith("마시") and _FORBIDDING.search(text, 0, word.start))
    ]


@lru_cache(maxsize=16384)
def roots(word: str) -> frozenset[str]:
    """What ``word`` may come from, itself included."""
    found, left = {word.lower()}, [word.lower()]
    while left:
        stem = left.pop()
        for shorter in _shorter(stem):
            if shorter and shorter not in found:
                found.add(shorter)
                left.append(shorter)
    return frozenset(found)


def _shorter(stem: str) -> list[str]:
    ends = [match.start() for pattern in (_PARTICLES, _INFLECTED) if (match := pattern.search(stem))]
    found = [stem[:end] for end in ends if end]
    if match := _ENDINGS.search(stem, 2):
        found.append(stem[: match.start()])
    if match := _HONORIFIC.search(stem):
        found.append(stem[: match.start()])
    found.append(stem[:-1] + _opened(stem[-1]))
    return [*found, *_regular(stem)]


def _regular(stem: str) -> list[str]:
    """The stem before ㅂ and 르 have changed: 가벼우, 가벼워 → 가볍; 눌러 → 누르."""
    match = _IRREGULAR.search(stem)
    if not match:
        return []
    before = ord(match[1] or match[3]) - 0xAC00
    final = before % 28
    if match[1]:
        return [stem[: match.start()] + chr(0xAC00 + before + _BIEUP)] if not final else []
    return [stem[: match.start()] + chr(0xAC00 + before - final) + "르"] if final == _RIEUL else []


def _opened(syllable: str) -> str:
    """The syllable without what an ending has added: 킵 → 키, 려 → 리, 쓸 → 쓰."""
    if syllable in _VOWEL_FINALS:
        return _VOWEL_FINALS[syllable]
    code = ord(syllable) - 0xAC00
    added = 0 <= code < 11172 and code % 28 in (4, 8, 16, 17, 20)  # ㄴ ㄹ ㅁ ㅂ ㅆ
    return chr(0xAC00 + code - code % 28) if added else syllable


@lru_cache(maxsize=16384)
def groups(word: str) -> frozenset[int]:
    """The numbers of the lines of equal words that ``word`` belongs to."""
    same = _table().same
    return frozenset(number for root in roots(word) for number in same.get(root, ()))


def alike(claimed: Word, given: Word) -> bool:
    """True when evidence that has the word ``given`` has ``claimed``."""
    return _alike(claimed.text, given.text)


@lru_cache(maxsize=1 << 17)
def _alike(claimed: str, given: str) -> bool:
    shared = roots(claimed) & roots(given)
    if any(len(root) >= 2 for root in shared) or (shared and len(min(claimed, given, key=len)) <= 3):
        return True
    return bool(groups(claimed) & groups(given))


def contained(claimed: Word, text: str) -> bool:
    """True when a root of two syllables or more stands in ``text``, which is written without blanks."""
    return any(len(root) >= 2 and root in text for root in _nouns(claimed.text))


@lru_cache(maxsize=16384)
def _nouns(word: str) -> frozenset[str]:
    """The word, and the word without its particle or 하다."""
    found = {word.lower()}
    for pattern in (_PARTICLES, _ENDINGS):
        if match := pattern.search(word, 2):
            found.add(word[: match.start()].lower())
    return frozenset(found)
