"""What a question asks for, and what goes without saying once that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.chatbot.meaning.clauses import TELLING, Clause
from services.chatbot.meaning.marks import Slot

_MOODS = frozenset({"may", "must"})
# Who is asked of these goes there: "무슨 과로 가요", "비용은", "신분증이 필요한가요".
_GOING = frozenset({"department", "where", "cost", "isneeded", "oldest"})
_YOUNG = frozenset({"baby", "toddler", "child"})
_IN_TURN = frozenset({"then", "after", "before"})
_ALTERNATIVES = ("department", "choice")


def asked_for(slots: Sequence[Slot], said: Sequence[Clause]) -> set[str]:
    """What is asked; "how" (what to do, what is to be known) when nothing particular is."""
    values = {slot.value for slot in slots if slot.kind == "asked"}
    moods = {slot.value for slot in slots if slot.kind == "modality"}
    every = [slot for clause in said for slot in clause.slots]
    if any(value.startswith("howmany") for value in values) and (
        "may" in moods or any(slot == Slot("relation", "max") for slot in every)
    ):
        values.add("atmost")
    if "what" in values and not any(slot.kind == "act" for slot in every):
        values.discard("what")
    if not values - {"how"} and not moods - {"must"} and _alternatives(every):
        return {"which"}
    if Slot("act", "discard") in every and "where" in values:
        values = (values - {"where"}) | {"how"}
    return values | (moods - _MOODS) if values else moods or {"how"}


def settled(said: Sequence[Clause], asked: set[str]) -> list[Clause]:
    """The clauses without what goes without saying.

    Driving is asked of whoever takes something, in whatever clause it is said, unless it comes before.
    """
    driving = [
        slot for clause in said if clause.link not in _IN_TURN for slot in clause.slots if slot.kind == "driving"
    ]
    aged = any(slot.kind == "age" for clause in said for slot in clause.slots)
    found = [Clause(list(_telling(clause, asked, aged)), clause.link) for clause in said]
    found = [clause for clause in found if clause.slots or clause.link in TELLING]
    if driving:
        found = [*found[:-1], Clause([*(found[-1].slots if found else []), driving[0]])]
    return found


def _telling(clause: Clause, asked: set[str], aged: bool) -> Iterator[Slot]:
    medicine = any(slot.kind == "medicine" for slot in clause.slots)
    for slot in clause.slots:
        without_saying = (
            (slot.kind == "driving" and clause.link not in _IN_TURN)
            or (slot == Slot("act", "visit") and not asked.isdisjoint(_GOING | {"which"}))
            or (slot == Slot("act", "take") and (medicine or "which" in asked))
            or (slot == Slot("relation", "max") and "atmost" in asked)
            or (slot == Slot("act", "keep") and Slot("act", "fridge") in clause.slots)
            or (aged and slot.kind == "person" and slot.value in _YOUNG)
        )
        if not without_saying:
            yield slot


def _alternatives(every: Sequence[Slot]) -> bool:
    return any(len({slot.value for slot in every if slot.kind == kind}) > 1 for kind in _ALTERNATIVES)
