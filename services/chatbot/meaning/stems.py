"""What is left of a question, word by word: a stem and what its ending says.

A stem of one syllable is believed only where the language has such a word (물, 피, 먹); others keep their ending.
Two words that mean different things may then at worst fail to be seen as one, which costs an answer written twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.chatbot.meaning.words import NOUNS, VERBS

_PARTICLE = re.compile(
    r"(?:에게서|에게는|에게도|에게|한테는|한테|께서는|께서|으로는|으로|로는|로|에서는|에서|에는|에도|에|이랑은|이랑|랑은|랑|하고"
    r"|이나|과는|와는|과|와|은|는|이|가|을|를|의|도|만|께|들은|들이|들을|들)$"
)
_FROM_TO = re.compile(r"(?:에서부터|부터|까지|보다|처럼|만큼|밖에|마다)(?:는|도|만)?$")
# Endings, by what they say of the clause; the first that fits counts.
_ENDINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (link, re.compile(f"(?:{endings})$"))
    for link, endings in (
        (
            "when",
            "(?:으시|시|으|이|라)?면|거든|다면|라면|고\\s?있는데|으면서|면서|고\\s?있(?:어요|습니다|어|는)?|는데(?:요)?",
        ),
        ("is", "(?:은|인)데(?:요)?|이라서|라서"),
        ("then", "(?<!연)(?<!장)(?<!사)(?<!광)고|다가|[아어여]서|(?<=[아어여해려러져켜와워])서|자마자"),
        ("though", "지만|더라도"),
        (
            "asks",
            "(?:으)?시?(?:나요|은가요|는가요|인가요|ㄴ가요|을까요|까요|을까|는지요|는지|은지|인지|죠|습니까|니까|려나|는거죠|는건가요|나)",
        ),
        (
            "says",
            "(?:으)?시?(?:습니다|니다|어요|아요|여요|이에요|예요|에요|세요|해요|요|음|어|아|여|이야|야|다|지|거든요|네요|는다|군요|라는)",
        ),
        ("of", "(?:으)?시?(?:려고|려면|기(?:가|는|를|도)?|는|은|을|던|게|도록|지)"),
    )
)
# What an ending is when the slot before it has taken its beginning: "어지러운|데", "졸린|가요".
_CUT_OFF = {
    "데": "is",
    "데요": "is",
    "서": "then",
    "가요": "asks",
    "까요": "asks",
    "가": "",
    "면": "when",
    "고": "then",
    "ㄴ데": "is",
}
_CONTRACTED = dict(
    zip("겨셔려져켜쳐춰둬꿔눠혀펴여벼해돼와봐써줘", "기시리지키치추두꾸누히피이비하되오보쓰주", strict=True)
)
_HANGUL, _LAST = 0xAC00, 0xD7A3
_NIEUN, _RIEUL, _SSANGSIOT = 4, 8, 20


@dataclass(frozen=True, slots=True)
class Stem:
    """A word without its ending. ``link``: what the ending says ("if", "after", …, or ""); ``past``: it is over."""

    text: str
    link: str = ""
    past: bool = False


def ending(tail: str) -> Stem | None:
    """Reads what follows a slot ("으면", "이랑", "었는데"); None when that is no ending or particle."""
    if tail in _CUT_OFF:
        return Stem("", _CUT_OFF[tail])
    if not tail or _PARTICLE.fullmatch(tail):
        return Stem("")
    if _FROM_TO.fullmatch(tail):
        return Stem("@" + tail)
    past, rest = _past_first(tail)
    for link, pattern in _ENDINGS:
        if pattern.fullmatch(rest):
            return Stem("", link, past and link != "of")
    return Stem("", "", True) if past and not rest else None


def stem(word: str) -> Stem:
    """A word's stem, its ending read."""
    if from_to := _FROM_TO.search(word, 1):
        return Stem(_bare(word[: from_to.start()]) + "@" + from_to.group())
    for link, pattern in _ENDINGS:
        found = pattern.search(word, 1)
        if found and (read := _verb(word[: found.start()], link, found.group().startswith(("니다", "니까")))):
            return read
    particle = _PARTICLE.search(word, 1)
    if particle and _believed(word[: particle.start()], NOUNS):
        return Stem(_bare(word))
    return _verb(word, "", len(word) == 1 and _final(word) in (_NIEUN, _RIEUL)) or Stem(word)


def _bare(word: str) -> str:
    """A noun without its particles, however many look like one, so that it is the same with and without."""
    while (particle := _PARTICLE.search(word, 1)) and _believed(word[: particle.start()], NOUNS):
        word = word[: particle.start()]
    return word.removesuffix("하") if len(word) > 2 else word


def _verb(root: str, link: str, open_final: bool) -> Stem | None:
    """``open_final``: the last syllable ends in a consonant of the ending ("쓴", "합|니다")."""
    past, root = _past_last(root)
    root = root[:-1] + _CONTRACTED.get(root[-1:], root[-1:])
    if open_final and root:
        root = root[:-1] + _without_final(root[-1])
    if not _believed(root, VERBS):
        return None
    return Stem(_bare(root), link, past and link != "of")


def _believed(root: str, short: frozenset[str]) -> bool:
    return len(root) > 1 or root in short


def _past_last(text: str) -> tuple[bool, str]:
    """ "멈췄" → (True, "멈춰")."""
    if _final(text[-1:]) != _SSANGSIOT or text[-1] in "있겠":
        return False, text
    return True, text[:-1] + ("" if text[-1] in "었았였" else _without_final(text[-1]))


def _past_first(tail: str) -> tuple[bool, str]:
    """ "었는데" → (True, "는데")."""
    past = _final(tail[:1]) == _SSANGSIOT and tail[0] not in "있겠"
    return past, tail[1:] if past else tail


def _final(char: str) -> int:
    return (ord(char) - _HANGUL) % 28 if char and _HANGUL <= ord(char) <= _LAST else 0


def _without_final(char: str) -> str:
    return chr(ord(char) - _final(char))
