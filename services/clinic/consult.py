"""The clinic specialist: reads a question, looks facilities or passages up, and drafts its part of the answer.

Three ways, of which a question may need two: a hospital it names, facilities near a place, and passages on how things
are done (booking, papers, costs, check-ups). Facilities come from the own tables and need no `knowledge`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.clinic import facilities_near, named_hospital
from services.clinic.looking_for import looking_for
from services.clinic.question import Centre, Question
from services.clinic.register import Known, Register
from services.clinic.when_asked import when_asked
from services.specialist.draft import Draft
from services.specialist.relevance import worth_quoting
from services.specialist.retrieve import UNAVAILABLE, Retriever

GROUP = "using_hospitals"
_HOSPITALS_AT_ONCE = 2
_SENTENCES = 5
# A passage beside a question that wants facilities must be clearly about it.
_CLEARLY = 0.5
_RECORD, _CHANNELS = 0.9, 0.4


class Consultant:
    """Answers questions about hospitals, clinics and pharmacies."""

    def __init__(self, register: Register, retriever: Retriever, clock: Callable[[], datetime]) -> None:
        self._register, self._retriever, self._clock = register, retriever, clock

    async def consult(self, text: str, location: tuple[float, float] | None) -> tuple[Draft, float]:
        """The draft, and how sure it is that it answers the question, 0..1. ``location`` is degrees north, east."""
        known, draft = await self._register.known(), Draft()
        named = known.guide.asked_about(text)
        if named:
            return draft, await self._named(draft, text, known, named[:_HOSPITALS_AT_ONCE])
        return draft, await self._answer(draft, await self._understood(text, location, known))

    async def _named(self, draft: Draft, text: str, known: Known, ids: list[str]) -> float:
        """The records of the hospitals a question names; passages on what they leave open."""
        asked = when_asked(text, self._clock(), known.holidays)
        left_open = False
        for facility in await self._register.facilities(ids):
            left_open |= named_hospital.tell(draft, text, facility, asked, known.holidays)
        if left_open:
            await self._quote(draft, text)
        return _RECORD

    async def _understood(self, text: str, location: tuple[float, float] | None, known: Known) -> Question:
        in_words = await self._centre_in_words(text, known)
        return Question(
            text,
            looking_for(text),
            when_asked(text, self._clock(), known.holidays),
            known,
            in_words or (Centre(*location, "현재 위치") if location else None),
            place_in_words=in_words is not None,
            shared_name=known.guide.places.shared(text),
        )

    async def _centre_in_words(self, text: str, known: Known) -> Centre | None:
        """The hospital or the place the question looks near; None for a province, which says too little."""
        beside = known.guide.beside(text)
        if beside:
            for facility in await self._register.facilities([beside]):
                return Centre(facility.latitude, facility.longitude, facility.name)
        place = known.guide.places.find(text)
        return Centre.of(place) if place and not place.too_wide else None

    async def _answer(self, draft: Draft, question: Question) -> float:
        sure = await self._quoted(draft, question)
        if question.wants_facilities and question.centre:
            return max(sure, await facilities_near.tell(draft, question, question.centre, self._register))
        if question.wants_facilities or (draft.empty and question.sought.any and not question.sought.rules):
            _point_to_channels(draft, question)
            draft.clarifying_question = question.what_to_ask
            return max(sure, _CHANNELS)
        return sure

    async def _quoted(self, draft: Draft, question: Question) -> float:
        """Passages on how things are done. A question that only wants facilities is answered by their list, and by a
        passage only where there can be no list."""
        sought = question.sought
        if not question.wants_facilities or sought.rules:
            sure = await self._quote(draft, question.text, GROUP if sought.how_to_find else "")
        elif question.centre is None:
            sure = await self._quote(draft, question.text, GROUP, most=1, floor=_CLEARLY)
        else:
            return 0.0
        if sought.how_to_find and question.centre:
            _point_to_channels(draft, question)
        return sure

    async def _quote(self, draft: Draft, text: str, group: str = "", most: int = 2, floor: float = 0.0) -> float:
        """Quotes the passages that fit; how well the best does, 0..1."""
        retrieved = await self._retriever.passages(text, group)
        if not retrieved.reachable:
            draft.lack(UNAVAILABLE)
        fitting = [passage for passage in worth_quoting(retrieved.passages, most) if passage.score >= floor]
        for passage in fitting:
            draft.quote(passage, _SENTENCES)
        return float(fitting[0].score) if fitting else 0.0


def _point_to_channels(draft: Draft, question: Question) -> None:
    channels = facilities_near.channels_for(question)
    draft.say(channels.text, draft.cite(*channels), settled=True)
