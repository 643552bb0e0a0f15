"""A marked question as clauses: within one, order says nothing; between them it may say everything.

"타이레놀 먹고 애드빌 먹어도" and "애드빌 먹고 타이레놀 먹어도" differ by their clauses; "어지러운데 신경과예요?" and
"어지럼증은 신경과로 갈까요?" do not, because what only tells how somebody is belongs to what is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.chatbot.meaning.marks import MARK, Marked, Slot
from services.chatbot.meaning.stems import ending, stem
from services.chatbot.meaning.words import BODY, DENIALS, EMPTY, EMPTY_STEMS, SAME, SIDES

_TOKEN = re.compile(rf"(?P<mark>{MARK})(?P<tail>[^\s\ue000-\uf8ff]*)|(?P<word>[^\s\ue000-\uf8ff]+)")
_LINKS = frozenset({"when", "then", "after", "before", "though", "instead", "without"})
# Links that must not be lost when a clause is joined to the next, or has nothing behind it.
TELLING = frozenset({"after", "before", "though", "instead", "without"})
# What tells how somebody is, not what is done.
_SETTING = frozenset(
    {
        "person",
        "age",
        "state",
        "disease",
        "symptom",
        "part",
        "side",
        "amount",
        "span",
        "time",
        "bound",
        "department",
        "choice",
    }
)
_ATTACHED = frozenset({"amount", "age", "side", "span"})
_FOLLOWING = (
    ("after", re.compile(r"(?:뒤|후|다음|직후|이후)(?:에|로|에는|이면|인데|면)?")),
    ("before", re.compile(r"(?:전|직전|이전)(?:에|에는|까지|부터|인데)?")),
    ("when", re.compile(r"(?:중|중에|중인데|중이신데|중이면|동안|동안에|때|때는|때에|때도|채로|채)")),
)


@dataclass(slots=True)
class Clause:
    """What a clause says, and how the next one goes on from it (``link``)."""

    slots: list[Slot] = field(default_factory=list)
    link: str = ""

    @property
    def sets_the_scene(self) -> bool:
        return all(slot.kind in _SETTING for slot in self.slots)

    @property
    def with_link(self) -> list[Slot]:
        return [*self.slots, Slot("link", self.link)] if self.link in TELLING else self.slots


def clauses(marked: Marked) -> tuple[list[Clause], list[Slot]]:
    """The clauses as they are said, and what the question asks for."""
    reader = _Reader(marked)
    for token in _TOKEN.finditer(marked.text):
        reader.take(token)
    reader.end()
    return reader.clauses, reader.asked


def joined(said: Sequence[Clause]) -> list[Clause]:
    """Clauses that only set the scene, as part of the one that follows, or of the last. The last one has no link."""
    found: list[Clause] = []
    scene: list[Slot] = []
    for clause in said:
        if clause.sets_the_scene:
            scene += clause.with_link
        else:
            found.append(Clause(scene + clause.slots, clause.link))
            scene = []
    if scene:
        found.append(Clause(scene))
    if found and not found[-1].sets_the_scene:
        found[-1] = Clause(found[-1].with_link)
    elif len(found) > 1 and not found[-2].link:
        found[-2:] = [Clause(found[-2].slots + found[-1].slots)]
    return found


def in_order(found: Sequence[Clause]) -> tuple[str, ...]:
    """Everything in its order, where two things could change places and mean something else; otherwise empty."""
    slots = [slot for clause in found for slot in clause.slots]
    attached = Counter(slot.kind for slot in slots if slot.kind in _ATTACHED)
    people = {slot.value for slot in slots if slot.kind == "person"}
    if len(people) < 2 and all(times < 2 for times in attached.values()):
        return ()
    return tuple(f"{slot.kind}:{slot.value}" for slot in slots)


class _Reader:
    """Takes the words of a question one after the other."""

    def __init__(self, marked: Marked) -> None:
        self._marked = marked
        self._denial = ""
        self._together = marked.holds(Slot("relation", "together"))
        self.clauses, self.asked = [Clause()], list[Slot]()

    def take(self, token: re.Match[str]) -> None:
        if token["mark"]:
            self._slot(self._marked.slot(token["mark"]), token["tail"])
        else:
            self._word(token["word"])

    def end(self) -> None:
        """A denial with nothing behind it is one all the same."""
        if self._denial:
            self._add(Slot("word", ""))

    def _slot(self, slot: Slot, tail: str) -> None:
        if slot.kind == "relation" and slot.value in _LINKS:
            self._end(slot.value)
            return
        read = ending(tail)
        past = "+past" if read and read.past and slot.kind == "act" else ""
        if slot.kind in ("asked", "modality"):
            self.asked.append(slot)
        elif slot.kind != "none":
            self._add(Slot(slot.kind, slot.value + past))
        if read is None:
            self._word(tail)
            return
        if read.text:
            self._add(Slot("role", read.text))
        told = read.link == "says" and (past or slot.kind == "event")
        self._go_on("when" if told else read.link)

    def _word(self, word: str) -> None:
        if self._together:
            word = word.removesuffix("하고") or word  # "애드빌하고 … 같이": no doing, an "and"
        link = next((link for link, pattern in _FOLLOWING if pattern.fullmatch(word)), "")
        if link:
            self._end(link)
        elif word in DENIALS:
            self._denial = DENIALS[word]
        elif word not in EMPTY or self._denial:
            read = stem(word)
            text = SAME.get(read.text, read.text)
            if text not in EMPTY_STEMS or self._denial:
                kind = "side" if text in SIDES else "part" if text in BODY else "word"
                self._add(Slot(kind, text + ("+past" if read.past else "")))
            self._go_on(read.link)

    def _go_on(self, link: str) -> None:
        if link in _LINKS:
            self._end(link)
        elif link == "asks":
            self.asked.append(Slot("modality", "must"))

    def _add(self, slot: Slot) -> None:
        if self._denial:
            slot, self._denial = Slot(slot.kind, f"{self._denial} {slot.value}"), ""
        self.clauses[-1].slots.append(slot)

    def _end(self, link: str) -> None:
        if self.clauses[-1].slots or link in TELLING:
            self.clauses[-1].link = link
            self.clauses.append(Clause())
