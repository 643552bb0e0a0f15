"""The emergency specialist: what to do now, in the order it should be done, and where the nearest emergency room is.

First aid comes from the own table and needs no other service. Passages add what the question asks for in particular;
they stand after the first thing to do, and never repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from medichain.knowledge.v1 import knowledge_pb2
from services.emergency_support import rooms, telling
from services.emergency_support.first_aid import Entry, FirstAid
from services.emergency_support.guidance import Advice, advise
from services.emergency_support.person import for_the_person
from services.emergency_support.repetition import alike, says_again
from services.emergency_support.rooms import Near
from services.emergency_support.store import RoomStore
from services.safety.red_flags import Level
from services.specialist.draft import Draft
from services.specialist.relevance import worth_quoting
from services.specialist.retrieve import UNAVAILABLE, Retriever
from services.specialist.sentences import sentences

GROUP = "first_aid"
RADIUS_KM, WIDER_KM = 30.0, 100.0
LISTED = 3
SOURCE, SAMPLE_SOURCE = "국립중앙의료원 응급의료기관 정보", "국립중앙의료원 응급의료기관 정보(표본)"
_FINDING = ("emergency_room/finding", "응급실 찾기", telling.ASK_119, "국립중앙의료원 중앙응급의료센터", "2026-11-20")
# In an emergency a reader has time for few sentences.
_QUOTED_IN_EMERGENCY, _QUOTED = 3, 5
_SECOND_ENTRY_STEPS = 1
_BEFORE_ALL = "first_aid/cardiac_arrest"
# An entry goes before a more urgent one when the passage that fits the question has this many times more of its words.
_CLEARLY = 1.2
# Measured on the emergencies of tests/eval/dev: passages on the subject of an entry share 0.12 of its wording or more.
_SURE_HIT, _SAME_SUBJECT = 0.5, 0.12
_LISTED_IN_EMERGENCY = 2
_SETTLED, _ROOMS, _OWN_WORDS = 0.95, 0.9, 0.6


class Consultant:
    """Answers what to do in an emergency. ``clock`` tells the time with its zone."""

    def __init__(
        self, first_aid: FirstAid, store: RoomStore, retriever: Retriever, clock: Callable[[], datetime]
    ) -> None:
        self._first_aid, self._store, self._retriever, self._clock = first_aid, store, retriever, clock

    async def consult(
        self, question: str, earlier: Sequence[str], location: tuple[float, float] | None
    ) -> tuple[Draft, float]:
        """The draft, and how sure it is that it answers the question, 0..1.

        ``earlier`` is what the person said before, oldest first; ``location`` is degrees north, east.
        """
        draft = Draft()
        advice = advise(self._first_aid, question, earlier)
        retrieved = await self._retriever.passages(question, GROUP)
        if not retrieved.reachable:
            draft.lack(UNAVAILABLE)
        fitting = for_the_person(retrieved.passages, " ".join([*earlier, question]))
        if advice.entries:
            passages = [one for one in worth_quoting(fitting, most=1) if _belongs(one, advice.entries)]
            _tell_emergency(draft, _meant(advice.entries, passages), passages)
            return draft, max(_SETTLED, await self._tell_rooms(draft, question, advice, location))
        sure = await self._tell_rooms(draft, question, advice, location)
        passages = worth_quoting(fitting, most=1 if sure else 2)
        return draft, max(sure, self._answer(draft, question, earlier, passages))

    def _answer(
        self, draft: Draft, question: str, earlier: Sequence[str], passages: Sequence[knowledge_pb2.Passage]
    ) -> float:
        """A question without an emergency of its own: the steps it wants to learn, and passages.

        Without either, what the emergency that the conversation is about calls for.
        """
        entries = self._first_aid.about(question)[:1]
        if not entries and not passages and draft.empty:
            entries = self._going_on(earlier)
        said = [step for entry in entries for step in entry.steps]
        for entry in entries:
            _tell(draft, entry, entry.steps)
        for passage in passages:
            said += _quote(draft, passage, said, _QUOTED_IN_EMERGENCY if entries else _QUOTED)
        best = float(passages[0].score) if passages else 0.0
        return max(best, _OWN_WORDS) if entries else best

    def _going_on(self, earlier: Sequence[str]) -> list[Entry]:
        """The entries of the emergency the conversation told of last."""
        for said in range(len(earlier), 0, -1):
            entries = advise(self._first_aid, earlier[said - 1], earlier[: said - 1]).entries
            if entries:
                return list(entries)
        return []

    async def _tell_rooms(
        self, draft: Draft, question: str, advice: Advice, location: tuple[float, float] | None
    ) -> float:
        """The nearest rooms when they are asked for or needed; how sure that answers the question."""
        asked = rooms.wanted(question)
        if not asked and advice.level not in (Level.URGENT, Level.CALL_119):
            return 0.0
        found = await self._found(question, location, LISTED if asked else _LISTED_IN_EMERGENCY)
        if found:
            await self._list(draft, found)
            return _ROOMS if asked else 0.0
        draft.say(telling.NONE_NEAR if location else telling.ASK_119, draft.cite(*_FINDING), settled=True)
        if asked and location is None:
            draft.clarifying_question = telling.WHERE
        return _OWN_WORDS if asked else 0.0

    async def _found(self, question: str, location: tuple[float, float] | None, count: int) -> list[Near]:
        """By the place in the question's own words when it names one, else around where the person is."""
        if rooms.wanted(question):
            named = rooms.named_in(question, await self._store.all(), count)
            if named:
                return named
        if location is None:
            return []
        for radius in (RADIUS_KM, WIDER_KM):
            found = rooms.nearest(await self._store.around(*location, radius), *location, radius, count)
            if found:
                return found
        return []

    async def _list(self, draft: Draft, found: Sequence[Near]) -> None:
        now, sample = self._clock(), not await self._store.holds_real_data()
        ids = []
        for near in found:
            room = near.room
            source = SAMPLE_SOURCE if sample else SOURCE
            ids.append(draft.cite(f"emergency_room/{room.hpid}", room.name, telling.snippet(room), source, room.as_of))
            draft.say(telling.line(near, now), ids[-1], settled=True)
        draft.say(telling.caution(found, now, sample), *ids, settled=True)


def _belongs(passage: knowledge_pb2.Passage, entries: Sequence[Entry]) -> bool:
    """Whether a passage may stand between the steps: a weak hit must speak of what they speak of."""
    return passage.score >= _SURE_HIT or max(_fit(passage, entry) for entry in entries) >= _SAME_SUBJECT


def _fit(passage: knowledge_pb2.Passage, entry: Entry) -> float:
    return alike(f"{entry.title} {' '.join(entry.steps)}", f"{passage.title} {passage.text}")


def _meant(entries: Sequence[Entry], passages: Sequence[knowledge_pb2.Passage]) -> list[Entry]:
    """The entries, with the one first that the best passage clearly speaks of; a cardiac arrest always stays first."""
    if not passages or entries[0].id.startswith(_BEFORE_ALL):
        return list(entries)
    fits = {entry: _fit(passages[0], entry) for entry in entries}
    meant = max(entries, key=fits.__getitem__)
    if fits[meant] < fits[entries[0]] * _CLEARLY:
        return list(entries)
    return [meant, *(entry for entry in entries if entry != meant)]


def _tell_emergency(draft: Draft, entries: Sequence[Entry], passages: Sequence[knowledge_pb2.Passage]) -> None:
    """The first thing to do, what the question asks for in particular, then the other things to do."""
    first, others = entries[0], entries[1:]
    steps = [*first.steps, *(step for entry in others for step in entry.steps[:_SECOND_ENTRY_STEPS])]
    _tell(draft, first, first.steps[:1])
    for passage in passages:
        _quote(draft, passage, steps, _QUOTED_IN_EMERGENCY)
    _tell(draft, first, first.steps[1:])
    for entry in others:
        fresh = [step for step in entry.steps[:_SECOND_ENTRY_STEPS] if not says_again(step, first.steps)]
        _tell(draft, entry, fresh)


def _tell(draft: Draft, entry: Entry, steps: Sequence[str]) -> None:
    if not steps:
        return
    id = draft.cite(entry.id, entry.title, " ".join(entry.steps), entry.source, entry.as_of)
    for step in steps:
        draft.say(step, id, settled=True)


def _quote(draft: Draft, passage: knowledge_pb2.Passage, said: Sequence[str], limit: int) -> list[str]:
    """Says up to ``limit`` sentences of a passage that are not among those ``said``, and returns them."""
    fresh = [sentence for sentence in sentences(passage.text) if not says_again(sentence, said)][:limit]
    if fresh:
        id = draft.cite(
            f"knowledge/{passage.id}", passage.title, passage.text, passage.source, passage.as_of, passage.score
        )
        for sentence in fresh:
            draft.say(sentence, id)
    return fresh
