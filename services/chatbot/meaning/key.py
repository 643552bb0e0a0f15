"""The medical key of a question: what it is about, clause by clause, and what it asks."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.chatbot.meaning.asking import asked_for, settled
from services.chatbot.meaning.clauses import Clause, clauses, in_order, joined
from services.chatbot.meaning.folding import folded
from services.chatbot.meaning.marks import Marked
from services.chatbot.meaning.medicines import mark_medicines
from services.chatbot.meaning.phrases import mark_phrases
from services.safety.claims import Names

# Bumped whenever a key comes to mean something else.
VERSION = 1
LONGEST = 300
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]")
_LATIN = re.compile("[a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Everything that two questions must have in common to share an answer.

    ``asked``: what it wants to know; ``clauses``: what it says, in the order that matters; ``sequence``: everything in
    its order, where changing places would change the question; ``language``: "ko", "en" or "other".
    """

    asked: tuple[str, ...]
    clauses: tuple[tuple[str, ...], ...]
    sequence: tuple[str, ...]
    domains: tuple[int, ...]
    language: str

    @property
    def blank(self) -> bool:
        """Whether nothing was understood of what it is about."""
        return not any(said for _, *said in self.clauses)

    @property
    def key(self) -> str:
        """64 hexadecimal digits, the same for the same meaning; nothing of the question can be read from it."""
        said = repr((VERSION, self.asked, self.clauses, self.sequence, self.domains, self.language))
        return hashlib.sha256(said.encode()).hexdigest()


def meaning(text: str, ingredients: Mapping[str, Sequence[str]], names: Names, domains: Iterable[int]) -> Meaning:
    """Reads a question.

    ``ingredients``: base ingredients by name, which ``names`` finds; ``domains``: as classified. A question of
    more than 300 characters is left unread: it is nobody else's.
    """
    if len(text) > LONGEST:
        return Meaning((), (), (), tuple(sorted(set(domains))), language(text))
    marked = Marked(folded(text))
    mark_medicines(marked, ingredients, names)
    mark_phrases(marked)
    said, slots = clauses(marked)
    asked = asked_for(slots, said)
    found = joined(settled(said, asked))
    return Meaning(
        asked=tuple(sorted(asked)),
        clauses=tuple(_written(clause) for clause in found),
        sequence=in_order(found),
        domains=tuple(sorted(set(domains))),
        language=language(text),
    )


def language(text: str) -> str:
    """The language a question is asked in, as far as its letters tell."""
    if _HANGUL.search(text):
        return "ko"
    return "en" if _LATIN.search(text) else "other"


def _written(clause: Clause) -> tuple[str, ...]:
    counted = Counter(f"{slot.kind}:{slot.value}" for slot in clause.slots)
    said = [f"{name}*{times}" if times > 1 else name for name, times in counted.items()]
    return ("after" if clause.link == "then" else clause.link, *sorted(said))
