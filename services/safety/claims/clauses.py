"""Text taken apart: sentences into clauses, clauses into what they claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.safety.claims.names import Names
from services.safety.claims.polarity import Stance, denied_spans, stance
from services.safety.claims.quantities import Quantity, quantities
from services.safety.claims.words import Word, words
from services.safety.sentences import SentenceCutter

_CITATIONS = re.compile(r"\s?\[\d[\d,\s]*\]")
# "고", "며" and their like end a clause after a verb; 연고, 사고, 신고 and their like are nouns.
_LINK = re.compile(
    r"[가-힣]*(?:고|며|므로|으니|지만|는데|으나|때문에),?\s+(?!있|싶|나서|나면|난|해서|하는)(?=\S)|[가-힣]*(?:습니다|니까),\s"
)
_NOUNS = re.compile(r"(?:연고|사고|광고|창고|경고|신고|보고|참고|권고|재고|그리고|최고|하고|라고|다고|하며)[,\s]*$")
_VERBS_BEFORE = re.compile(r"(?:말고|않고|없고|신고하고|복용하고|중단하고|확인하고)[,\s]*$|(?<=[가-힣]{2})하(?:고|며),?\s$")
_PHONE = re.compile(r"(?<![\d.])(?:\d{2,4}-\d{3,4}(?:-\d{4})?|1[3-9]\d{2}(?!\d|[,년mg%]))(?!\d)")
_LINKED = re.compile(r"(?:https?://|www\.)\S+|[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:kr|com|net|org|io|co)\b\S*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_TOPIC = re.compile(r"^(?:\([^)]*\))?(?:[가-힣]{0,3}\s)?(?:[가-힣]{0,4})?(?:은|는|이|가)(?=[\s,])")


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause claims. ``names`` and ``inherited`` come from the clauses before it when it names no topic of its own."""

    text: str
    words: tuple[Word, ...]
    denied: frozenset[int]
    stance: Stance
    names: frozenset[str]
    all_names: frozenset[str]
    quantities: tuple[Quantity, ...]
    all_quantities: tuple[Quantity, ...]
    digits: frozenset[str]

    def said(self, denied: bool) -> Iterator[Word]:
        """Its words that it denies, or those it does not."""
        return (word for at, word in enumerate(self.words) if (at in self.denied) == denied)


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


def read(text: str, known: Names, inherited: frozenset[str] = frozenset()) -> Said:
    """Takes a sentence apart; ``inherited`` are the names of what it belongs to, such as a title."""
    phones = frozenset(match.group() for match in _PHONE.finditer(text))
    links = frozenset(match.group().rstrip(".,)에서") for match in _LINKED.finditer(text))
    clauses: list[Clause] = []
    names, amounts = inherited, tuple[Quantity, ...]()
    for part in _parts(text):
        clauses.append(_clause(part, known, names, amounts))
        names, amounts = clauses[-1].all_names, clauses[-1].all_quantities
    return Said(text, tuple(clauses), phones, links)


def _parts(text: str) -> list[str]:
    parts, begin = [], 0
    for match in _LINK.finditer(text):
        if not _NOUNS.search(match.group()) or _VERBS_BEFORE.search(match.group()):
            parts.append(text[begin : match.end()])
            begin = match.end()
    return [*parts, text[begin:]]


def _clause(text: str, known: Names, inherited: frozenset[str], before: tuple[Quantity, ...]) -> Clause:
    named = known.found(text)
    names = frozenset(one.name for one in named)
    topical = any(_TOPIC.match(text[one.end :]) for one in named)
    amounts = tuple(quantities(text))
    kinds = {one.kind for one in amounts}
    found = _claiming(text, amounts)
    spans = denied_spans(text)
    denied = frozenset(
        at for at, word in enumerate(found) if any(word.start < end and begin < word.end for begin, end in spans)
    )
    return Clause(
        text=text,
        words=tuple(found),
        denied=denied,
        stance=stance(text),
        names=names,
        all_names=names if topical else names | inherited,
        quantities=amounts,
        all_quantities=(*amounts, *(one for one in before if one.kind not in kinds)),
        digits=frozenset(_DIGITS.findall(text)),
    )


def _claiming(text: str, amounts: tuple[Quantity, ...]) -> list[Word]:
    """The words of a clause, its quantities and what hangs on them left out."""
    kept = list(text)
    for one in amounts:
        kept[one.start : one.end] = " " * (one.end - one.start)
    blanked = re.sub(
        r"(?<![가-힣])(?:이상|이하|미만|초과|이내|안에|내에|간격으로|간격을|까지|씩|마다|동안|최대|최소|적어도|하루에?|만|매일)(?![가-힣])",
        lambda match: " " * len(match.group()),
        "".join(kept),
    )
    return [word for word in words(blanked) if not word.text[0].isdigit()]
