"""What a clause does with what it names: says it, denies it, forbids it, allows it; and which of its words are denied."""

from __future__ import annotations

import re
from enum import StrEnum


class Stance(StrEnum):
    """A clause's own verb. FORBIDS and DENIES are compared as one: "쓰지 마세요", "쓰지 않습니다"."""

    SAYS = "says"
    DENIES = "denies"
    ALLOWS = "allows"


# After the word that is denied. The word is the one right before.
_DENIED_AFTER = re.compile(
    r"(?:[은는을를도만]\s)?지(?:는|도|를|만)?\s?(?:마(?!시)|말|않|못)"
    r"|(?:으)?면\s?(?:절대로?\s?)?안\s?[됩돼되된]"
    r"|(?:서|아|어|여|해)는\s?(?:절대로?\s?)?안\s?[됩돼되된]"
    r"|(?:[이가은는도을를]|할|될)?\s?(?:거의\s|전혀\s)?(?:없|아니(?!라면)|아닙|아닌)"
    r"|(?:하는\s?것|하기)?(?:[을를은는이가도])?\s?(?:피하|피해|삼가|금하|금지|금기|금합)"
)
_DENIED_BEFORE = re.compile(r"(?<![가-힣])(?:안|못)\s(?=[가-힣])")
_ALLOWS = re.compile(
    r"도\s?(?:별\s?|아무\s?|크게\s?|전혀\s?|대부분\s?)?(?:됩니다|돼요|되어요|됨|된다(?!는)|되고|되며|괜찮|무방|좋습니다|상관|문제|안전|위험하지)"
    r"|(?:문제|상관|지장|필요|걱정|이상)(?:[가는도은이])?\s?(?:거의\s)?(?:없[습어고으다]|되지\s?않)|무방|괜찮습|괜찮아|안전합|안전하[게며고]"
    r"|면\s?됩니다|면\s?돼요|가능합|가능하[며고]|(?:먹을|쓸|마실|드실|복용할|사용할|투여할|끊을|중단할|늘릴|줄일|피울|맞을)\s?수(?:도|가)?\s?있"
)
_CONDITION = re.compile(r"(?:으면|면|때|때는|때에는|경우|도|뒤|후|다면|더라도)\s")


def denied_spans(text: str) -> list[tuple[int, int]]:
    """Where the words stand that ``text`` denies."""
    spans = [_word_before(text, match.start()) for match in _DENIED_AFTER.finditer(text)]
    spans += [_word_after(text, match.end()) for match in _DENIED_BEFORE.finditer(text)]
    return [span for span in spans if span[0] < span[1]]


def stance(text: str) -> Stance:
    """What the clause's own verb, its last, does."""
    tail = text.rstrip(" .!?…,")
    if _ALLOWS.search(tail):
        return Stance.ALLOWS
    last = max((match.end() for match in _CONDITION.finditer(tail)), default=0)
    last = max(0, min(last, len(tail) - 14))
    found = [match for match in _DENIED_AFTER.finditer(tail) if match.end() > last]
    if not found and not _DENIED_BEFORE.search(tail, last):
        return Stance.SAYS
    return Stance.DENIES if not found or len(tail) - found[-1].end() <= 9 else Stance.SAYS


def _word_before(text: str, at: int) -> tuple[int, int]:
    begin = at
    if begin and text[begin - 1] == " ":
        begin -= 1
    end = begin
    while begin and (text[begin - 1].isalnum()):
        begin -= 1
    return begin, end


def _word_after(text: str, at: int) -> tuple[int, int]:
    end = at
    while end < len(text) and text[end].isalnum():
        end += 1
    return at, end
