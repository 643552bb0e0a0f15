"""Text taken apart: sentences into clauses, clauses into what they claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.safety.claims.lists import spread
from services.safety.claims.names import Named, Names
from services.safety.claims.polarity import Stance, denied_spans, stance
from services.safety.claims.quantities import Quantity, markers, quantities, rhythms
from services.safety.claims.words import Word, words
from services.safety.sentences import SentenceCutter

_CITATIONS = re.compile(r"\s?\[\d[\d,\s]*\]")
# "고", "며" and their like end a clause after a verb; 연고, 사고, 신고 and their like are nouns.
_LINK = re.compile(
    r"[가-힣]*(?:고|며|므로|으니|지만|는데|으나|때문에),?\s+(?!있|싶|나서|나면|난|해서|하는)(?=\S)|[가-힣]*(?:습니다|니까),\s"
    r"|(?<=수 )(?:있|없)어서?,?\s+(?=\S)|[가-힣]*(?:없어|않아|못해)서?,?\s+(?!보|하)(?=\S)|아니라,?\s+(?=\S)"
)
_NOUNS = re.compile(r"(?:연고|사고|광고|창고|경고|신고|보고|참고|권고|재고|그리고|최고|하고|라고|다고|하며)[,\s]*$")
_VERBS_BEFORE = re.compile(
    r"(?:말고|않고|없고|신고하고|복용하고|중단하고|확인하고)[,\s]*$|(?<=[가-힣]{2})하(?:고|며),?\s$"
)
_PHONE = re.compile(r"(?<![\d.])(?:\d{2,4}-\d{3,4}(?:-\d{4})?|1[3-9]\d{2}(?!\d|[,년mg%]))(?!\d)")
_LINKED = re.compile(
    r"(?:https?://|www\.)\S+|[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:kr|com|net|org|io|co)\b\S*", re.IGNORECASE
)
_NOT_LETTERS = re.compile(r"[^0-9a-z가-힣]")
_IN_FULL = (("에서 봅니다", "에서 진료를 봅니다"), ("식후", "식사 후"), ("식전", "식사 전"))
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_TOPIC = re.compile(r"^[가-힣]{0,4}(?:\([^)]*\))?(?:은|는)(?=[\s,])")
_CHAINED = re.compile(r"^[가-힣]{0,4}(?:\([^)]*\))?(?:[·,]\s?|(?:과|와|나|이나)\s)$")
_THIS = re.compile(r"(?<![가-힣])(?:이|해당) (?:약|제품|성분)")
_CONDITION = re.compile(
    r"(?:면|다가|지 않게|지 않도록|때|때는|때에는|때마다|경우|경우에는|아도|(?<!적)어도|해도|라도"
    r"|동안|뒤|후|전에|는데)(?=\s)"
)
_ADNOMINAL = re.compile(
    r"(?:[있없하되먹쓰받주오지키치나르우으내보않막돕찾]|줄이|높이|먹이|붙이|(?<![가-힣])[가사자드]|생기|옮기|걸리|내리|올리)는$"
    r"|(?:[많적좋높낮깊짧같않작젊싫넓좁맞얇굵받먹담앉넣읽입]|남)은$"
)
# "쓰지 않는 것이 좋습니다", "쓰는 것이 권장됩니다": the advice is the verb's, as with "쓰세요".
_ADVISED = re.compile(r"는 것이 ((?:더 )?(?:좋습니다|안전합니다|원칙입니다|권장됩니다))")
_TOPICAL = re.compile(r"[가-힣A-Za-z)]+(?<!에)(?<!에서)(?<!에게)(?<!로)(?<!과)(?<!와)(?:은|는)$")


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause claims.

    ``all_names``, ``all_quantities``, ``near`` (words) and ``solid`` (text without blanks) add what the clauses before
    it say when it has no topic of its own; ``topics`` are the names it is about, ``about`` all such words, ``main`` the
    words after its last condition, with those of the clause before when it has none. ``told``: whether its verb may be
    taken as an instruction; ``rhythms`` what it counts over; ``conditions`` the quantities that are conditions.
    """

    text: str
    words: tuple[Word, ...]
    denied: frozenset[int]
    stance: Stance
    told: bool
    names: frozenset[str]
    all_names: frozenset[str]
    quantities: tuple[Quantity, ...]
    all_quantities: tuple[Quantity, ...]
    digits: frozenset[str]
    all_digits: frozenset[str]
    rhythms: frozenset[str]
    conditions: tuple[Quantity, ...]
    topics: frozenset[str]
    about: tuple[Word, ...]
    main: tuple[Word, ...]
    near: tuple[Word, ...]
    solid: str
    own_solid: str

    def said(self, denied: bool) -> Iterator[Word]:
        """Its words that it denies, or those it does not."""
        return (word for at, word in enumerate(self.words) if (at in self.denied) == denied)


_NOTHING = Clause(
    text="",
    words=(),
    denied=frozenset(),
    stance=Stance.SAYS,
    told=True,
    all_names=frozenset(),
    names=frozenset(),
    quantities=(),
    all_quantities=(),
    digits=frozenset(),
    all_digits=frozenset(),
    rhythms=frozenset(),
    conditions=(),
    topics=frozenset(),
    about=(),
    main=(),
    near=(),
    solid="",
    own_solid="",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: its clauses, and the strings that must be matched letter by letter."""

    text: str
    clauses: tuple[Clause, ...]
    phones: frozenset[str]
    links: frozenset[str]


def plain(sentence: str) -> str:
    """The sentence without its citations and list marks."""
    return re.sub(r"^\s*(?:[-*•·■#]+|\d{1,2}[.)]|[①-⑳])\s+", "", _CITATIONS.sub("", sentence)).replace("**", "").strip()


def sentences(text: str) -> list[str]:
    """The sentences of a text that is there as a whole."""
    cutter = SentenceCutter()
    return [*cutter.feed(text), *cutter.end()]


def _with_final(consonant: int) -> str:
    return "".join(chr(code) for code in range(0xAC00 + consonant, 0xD7A4, 28))


# "데운 다음 넣", "나타난 지 5일": both are 뒤.
_AFTERWARDS = re.compile(rf"(?<=[{_with_final(4)}]\s)(?<!면\s)(?:다음(?:에)?|이?후(?:에)?|지)(?=\s)")


def read(text: str, known: Names, inherited: frozenset[str] = frozenset()) -> Said:
    """Takes a sentence apart; ``inherited`` are the names of what it belongs to, such as a title."""
    for short, full in _IN_FULL:
        text = text.replace(short, full)
    text = _AFTERWARDS.sub("뒤", text)
    phones = frozenset(match.group() for match in _PHONE.finditer(text))
    links = frozenset(match.group().rstrip(".,)에서") for match in _LINKED.finditer(text))
    clauses: list[Clause] = []
    before = _NOTHING
    parts = _parts(text)
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        cases = [_clause(case, following, known, inherited, before) for case in spread(part)]
        clauses += cases
        before = cases[-1]
    return Said(text, tuple(clauses), phones, links)


# "약을 먹고 눈이 아프면": the first is part of the condition; "토하게 하며 기다리지 마세요" forbids both.
_AND = re.compile(r"고\s*$")
_IF = re.compile(r"^[^,]*면(?=\s)")
_ALSO = re.compile(r"(?:며|면서|거나),?\s*$|거나\s[^,]*며,?\s*$")


def _parts(text: str) -> list[str]:
    parts, begin = [], 0
    for match in _LINK.finditer(text):
        object_before = text[: match.start()].endswith(("을 ", "를 "))
        if object_before or not _NOUNS.search(match.group()) or _VERBS_BEFORE.search(match.group()):
            parts.append(text[begin : match.end()])
            begin = match.end()
    return [*parts, text[begin:]]


def _clause(text: str, following: str, known: Names, titled: frozenset[str], before: Clause) -> Clause:
    named = known.found(text)
    names = frozenset(one.name for one in named)
    topics = _topics(text, named)
    amounts = tuple(quantities(text))
    kinds = {one.kind for one in amounts}
    found = tuple(_claiming(text, amounts))
    inherited = (before.all_names or titled) if not topics else frozenset()
    spans = denied_spans(text)
    about = tuple(word for word in found if _topical(word.text, topics))
    within = _AND.search(text) and _IF.search(following) and not about and not _CONDITION.search(text)
    last = max((match.end() for match in _CONDITION.finditer(text)), default=0)
    digits = frozenset(_DIGITS.findall(text))
    return Clause(
        text=text,
        words=found,
        denied=frozenset(
            at for at, word in enumerate(found) if any(word.start < end and begin < word.end for begin, end in spans)
        ),
        stance=Stance.SAYS if within and not text.rstrip().endswith("말고") else stance(text),
        told=not within and not (_ALSO.search(text) and stance(following) is Stance.DENIES),
        names=names,
        all_names=names | inherited | (titled if _THIS.search(text) else frozenset()),
        quantities=amounts,
        all_quantities=(
            *amounts,
            *(one for one in before.all_quantities if one.kind not in kinds or one in before.conditions),
        ),
        rhythms=rhythms(text),
        conditions=(*before.conditions, *(one for one in amounts if _CONDITION.search(text, one.end))),
        digits=digits,
        all_digits=digits if about else before.all_digits | digits,
        topics=topics,
        about=about,
        main=_main(found, last) if last or about else (*before.main, *found),
        near=found if about else (*before.near, *found),
        solid=_solid(text) if about else before.solid + _solid(text),
        own_solid=_solid(text),
    )


def _main(found: tuple[Word, ...], last: int) -> tuple[Word, ...]:
    return tuple(word for word in found if word.start >= last) or found[-1:]


def _topical(word: str, topics: frozenset[str]) -> bool:
    named = any(word.lower().startswith(name) for name in topics)
    return named or bool(_TOPICAL.search(word) and not _ADNOMINAL.search(word))


def _topics(text: str, named: list[Named]) -> frozenset[str]:
    """The names before 은 or 는, and those that are listed with them."""
    found: set[str] = set()
    for one, following in zip(reversed(named), [None, *reversed(named)], strict=False):
        chained = following and following.name in found and _CHAINED.match(text[one.end : following.start])
        if chained or _TOPIC.match(text[one.end :]):
            found.add(one.name)
    return frozenset(found)


def _solid(text: str) -> str:
    return _NOT_LETTERS.sub("", text.lower())


def _claiming(text: str, amounts: tuple[Quantity, ...]) -> list[Word]:
    """The words of a clause, its quantities and what hangs on them left out."""
    kept = list(text)
    advised = [match.span(1) for match in _ADVISED.finditer(text)]
    for start, end in [*((one.start, one.end) for one in amounts), *markers(text), *advised]:
        kept[start:end] = " " * (end - start)
    blanked = re.sub(
        r"(?<![가-힣])(?:이상|이하|미만|초과|이내|길어도|안(?=에|이면|이라면)|내(?=에)|간격|까지|씩|마다|동안|최대|최소|적어도|하루|매일|만)(?:에|은|는|이|을|의|에는|에서|으로|인|만|이면|이라면|라면)?(?![가-힣])",
        lambda match: " " * len(match.group()),
        "".join(kept),
    )
    return [word for word in words(blanked) if not word.text[0].isdigit()]
