"""What a clause does with what it names: says it, bids it, denies it, allows it; and which of its words are denied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum


class Stance(StrEnum):
    """A clause's own verb. To forbid is to deny: "쓰지 마세요", "쓰지 않습니다", "병용금기"."""

    SAYS = "says"
    BIDS = "bids"
    DENIES = "denies"
    ALLOWS = "allows"


# After the word that is denied. The word is the one right before.
_DENIED_AFTER = re.compile(
    r"(?:[은는을를도만]\s)?지(?:는|도|를|만)?\s?(?:마(?!시)|말|않|못)"
    r"|(?:으)?면\s?(?:절대로?\s?)?안\s?[됩돼되된]"
    r"|(?:서|아|어|여|해)는\s?(?:절대로?\s?)?안\s?[됩돼되된]"
    r"|\s것[이은도]?\s?(?=아니|아닙|아닌)"
    r"|(?:[이가은는도을를]|할|될)?\s?(?:거의\s|전혀\s)?(?:없|아니(?!라면)|아닙|아닌)"
    r"|(?:하는\s?것|하기)?(?:[을를은는이가도])?\s?(?:피하|피해|삼가|금하|금지|금기|금합)"
)
_DENIED_BEFORE = re.compile(r"(?<![가-힣])(?:안|못)\s(?=[가-힣])")
_ALLOWS = re.compile(
    r"도\s?(?:별\s?|아무\s?|크게\s?|전혀\s?|대부분\s?)?(?:됩니다|돼요|되어요|됨|된다(?!는)|되고|되며|괜찮|무방|좋습니다|상관|문제|안전|위험하지)"
    r"|(?:문제|상관|지장|필요|걱정|이상)(?:[가는도은이])?\s?(?:거의\s)?(?:없[습어고으다]|되지\s?않)|무방|괜찮습|괜찮아|안전합|안전하[게며고]"
    r"|면\s?됩니다|면\s?돼요|가능합|가능하[며고]|(?:먹을|쓸|마실|드실|복용할|사용할|투여할|끊을|중단할|피울|맞을)\s?수(?:도|가)?\s?있"
)
_BIDS = re.compile(
    r"(?:세요|십시오|바랍니다|야\s?(?:합니다|해요|하며|하고|한다)|[는은] 것이 (?:좋|원칙|안전)[가-힣]*)$"
)
_HEADING = re.compile(r"(?:병용|임부|특정연령대|연령)금기:")
# What may follow a denial that is the clause's own: "않습니다", "피하는 것이 좋습니다", "않도록 주의하세요".
_TO_THE_END = re.compile(
    r"[가-힣]{0,8}(?<![으하]면)(?<!도)(?:\s(?:것이|게)\s?(?:좋|안전|원칙|권장)[가-힣]*|\s(?:합니다|있습니다|하세요|주의하세요|하며|하고|해요|편입니다|(?:약|성분|제품|것|방법|병|증상|질환)(?:입니다|이며|이고|이므로)))?[)\s]*$"
)
_LAST_DENIED = re.compile(r"(?<![가-힣])(?:안|못)\s[가-힣]+$")
_AVOIDED = re.compile(r"[가-힣]+(?:[을를은는])?\s?(?:피하|피해|삼가)")
_HELPING = ("주", "보", "두", "놓", "수")
_LISTED = re.compile(r"([가-힣]{2,})(?:,\s?|·|나\s|이나\s|과\s|와\s)$")
_ALTERNATIVE = re.compile(r"([가-힣]+)거나(?=\s)")


def denied_spans(text: str) -> list[tuple[int, int]]:
    """Where the words stand that ``text`` denies."""
    spans = [_word_before(text, match.start()) for match in _DENIED_AFTER.finditer(text)]
    spans += [_word_after(text, match.end()) for match in _DENIED_BEFORE.finditer(text)]
    spans += [span for begin, _ in spans for span in _listed_before(text, begin)]
    last = max((end for _, end in spans), default=0)
    spans += [match.span(1) for match in _ALTERNATIVE.finditer(text, 0, last) if stance(text) is Stance.DENIES]
    return [span for span in spans if span[0] < span[1]]


def stance(text: str) -> Stance:
    """What the clause's own verb, its last, does."""
    tail = text.rstrip(" .!?…,")
    if _HEADING.match(tail):
        return Stance.DENIES
    if _ALLOWS.search(tail):
        return Stance.ALLOWS
    ends = [match.end() for match in _DENIED_AFTER.finditer(tail)]
    final = bool(ends) and _TO_THE_END.match(tail, ends[-1])
    return Stance.DENIES if final or _LAST_DENIED.search(tail) else _saying(tail)


def _saying(tail: str) -> Stance:
    return Stance.BIDS if _BIDS.search(tail) else Stance.SAYS


def _listed_before(text: str, at: int) -> Iterator[tuple[int, int]]:
    """The nouns that are listed with one that is to be avoided: "과일, 잡곡과 김치를 피하세요"."""
    if not _AVOIDED.match(text, at):
        return
    while listed := _LISTED.search(text, 0, at):
        yield listed.span(1)
        at = listed.start(1)


def _word_before(text: str, at: int) -> tuple[int, int]:
    begin = at
    if begin and text[begin - 1] == " ":
        begin -= 1
    end = begin
    while begin and (text[begin - 1].isalnum()):
        begin -= 1
    if text[begin:end] in _HELPING and begin:
        return _word_before(text, begin - 1)[0], end  # 막아 주지는 못합니다
    return begin, end


def _word_after(text: str, at: int) -> tuple[int, int]:
    end = at
    while end < len(text) and text[end].isalnum():
        end += 1
    return at, end
