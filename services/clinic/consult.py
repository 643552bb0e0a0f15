"""The clinic specialist: reads a question, looks facilities or passages up, and drafts its part of the answer.

Three ways, of which a question may need two: a hospital it names, facilities near a place, and passages on how things
are done (booking, papers, costs, check-ups). Facilities come from the own tables and need no `knowledge`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from services.clinic import telling
from services.clinic.facility import PHARMACY, Facility
from services.clinic.finding_help import HOSPITALS, PHARMACIES
from services.clinic.guide import Guide
from services.clinic.looking_for import Sought, looking_for
from services.clinic.named_hospital import tell as tell_hospital
from services.clinic.nearby import Near, Spots, Wish, nearest
from services.clinic.places import Extent, Place
from services.clinic.when_asked import Asked, when_asked
from services.specialist.draft import Draft
from services.specialist.relevance import worth_quoting
from services.specialist.retrieve import UNAVAILABLE, Retriever

GROUP = "using_hospitals"
LISTED = 4
_MOONLIGHT_KM = 30.0
_WIDER = 3
_RADIUS_KM = {Extent.SPOT: 5.0, Extent.DISTRICT: 6.0, Extent.CITY: 10.0, Extent.PROVINCE: 12.0}
_SENTENCES = 5
_SURE, _LIKELY, _HELPED = 0.9, 0.75, 0.4
ASK_PLACE = "어느 동네나 역 근처인지, 또는 현재 위치를 알려 주시겠어요?"
ASK_NAME = "어느 병원이나 약국인지 이름을 알려 주시겠어요?"


class Records(Spots, Protocol):
    """The facilities a consultation reads."""

    async def facilities(self, ids: Sequence[str]) -> list[Facility]: ...

    async def holidays(self) -> dict[date, str]: ...


@dataclass(frozen=True, slots=True)
class Centre:
    """Where to look, and how an answer calls it."""

    latitude: float
    longitude: float
    called: str
    radius_km: float = 5.0


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as it was understood."""

    text: str
    sought: Sought
    asked: Asked
    holidays: dict[date, str]
    centre: Centre | None
    # The words name the place; otherwise it is where the person is.
    place_in_words: bool
    # A name in the words that several regions share, or "".
    shared_name: str

    @property
    def wants_facilities(self) -> bool:
        """Wants facilities found, rather than to learn how something is done or what it is."""
        sought = self.sought
        if not sought.any or sought.meaning:
            return False
        return sought.search or (not sought.rules and (self.asked.given or self.place_in_words))


class Consultant:
    """Answers questions about hospitals, clinics and pharmacies."""

    def __init__(self, records: Records, guide: Guide, retriever: Retriever, clock: Callable[[], datetime]) -> None:
        self._records, self._guide, self._retriever, self._clock = records, guide, retriever, clock

    async def consult(self, text: str, location: tuple[float, float] | None) -> tuple[Draft, float]:
        """The draft, and how sure it is that it answers the question, 0..1."""
        holidays = await self._records.holidays()
        asked = when_asked(text, self._clock(), holidays)
        draft = Draft()
        named = self._guide.asked_about(text)
        if named:
            facilities = await self._records.facilities(named[:2])
            open_points = [tell_hospital(draft, text, one, asked, holidays) for one in facilities]
            sure = await self._quote(draft, text) if any(open_points) else 0.0
            return draft, max(_SURE, sure)
        in_words = await self._centre_in_words(text)
        centre = in_words or (Centre(*location, "현재 위치") if location else None)
        shared = "" if centre else self._guide.places.shared(text)
        question = _Question(text, looking_for(text), asked, holidays, centre, in_words is not None, shared)
        return draft, await self._answer(draft, question)

    async def _answer(self, draft: Draft, question: _Question) -> float:
        sought, sure = question.sought, 0.0
        if sought.rules or not question.wants_facilities or question.centre is None:
            sure = await self._quote(draft, question.text, GROUP if sought.how_to_find else "")
        if not question.wants_facilities:
            return sure
        if question.centre is None:
            return max(sure, self._say_how_to_find(draft, question))
        return max(sure, await self._list(draft, question, question.centre))

    async def _centre_in_words(self, text: str) -> Centre | None:
        """The hospital or the place the question looks near; None for a province, which says too little."""
        beside = self._guide.beside(text)
        if beside:
            for facility in await self._records.facilities([beside]):
                return Centre(facility.latitude, facility.longitude, facility.name)
        place = self._guide.places.find(text)
        return _centre_of(place) if place and not place.too_wide else None

    async def _quote(self, draft: Draft, text: str, group: str = "") -> float:
        """Quotes the passages that fit; how well the best does, 0..1."""
        retrieved = await self._retriever.passages(text, group)
        if not retrieved.reachable:
            draft.lack(UNAVAILABLE)
        fitting = worth_quoting(retrieved.passages)
        for passage in fitting:
            draft.quote(passage, _SENTENCES)
        return float(fitting[0].score) if fitting else 0.0

    def _say_how_to_find(self, draft: Draft, question: _Question) -> float:
        """Without a place: the public channels, and the question for the place."""
        channels = PHARMACIES if question.sought.kind == PHARMACY else HOSPITALS
        draft.say(channels.text, draft.cite(*channels), settled=True)
        draft.clarifying_question = _what_to_ask(question)
        return _HELPED

    async def _list(self, draft: Draft, question: _Question, centre: Centre) -> float:
        wish = _wish(question, centre)
        found = await self._nearest(wish, question)
        if not found:
            found = await self._widened(wish, question)
        if found:
            await self._tell(draft, question, centre, found)
            return _SURE
        await self._tell_none(draft, question, centre, wish)
        return _LIKELY

    async def _nearest(self, wish: Wish, question: _Question) -> list[Near]:
        """The nearest; for a child outside ordinary hours also an open 달빛어린이병원, which may be further away."""
        found = await nearest(self._records, wish, question.holidays)
        if not (question.asked.given and "소아청소년과" in wish.departments):
            return found
        far = replace(wish, radius_km=_MOONLIGHT_KM, moonlight=True, departments=frozenset(), count=1)
        moonlight = await nearest(self._records, far, question.holidays)
        known = {near.spot.id for near in found}
        return found[: LISTED - 1] + [near for near in moonlight if near.spot.id not in known] if moonlight else found

    async def _widened(self, wish: Wish, question: _Question) -> list[Near]:
        wider = replace(wish, radius_km=wish.radius_km * _WIDER, count=_WIDER)
        return await nearest(self._records, wider, question.holidays)

    async def _tell(self, draft: Draft, question: _Question, centre: Centre, found: list[Near]) -> None:
        facilities = await self._records.facilities([near.spot.id for near in found])
        ids = [_cite(draft, facility) for facility in facilities]
        asked, sought = question.asked, question.sought
        opened = f"{asked.words} 문을 여는 " if asked.given and asked.words != "지금" else "지금 문을 연 "
        what = telling.object_of(f"{opened if asked.given else ''}{sought.label}")
        draft.say(f"{centre.called} 기준으로 가까운 순서로 {what} 안내합니다.", *ids, settled=True)
        metres = {near.spot.id: near.metres for near in found}
        for facility, id in zip(facilities, ids, strict=True):
            draft.say(telling.line(facility, metres[facility.id], asked, question.holidays), id, settled=True)
        _say_limits(draft, question, facilities, ids)

    async def _tell_none(self, draft: Draft, question: _Question, centre: Centre, wish: Wish) -> None:
        """None fits: says so, shows the nearest whatever their hours, and where to ask."""
        channels = PHARMACIES if question.sought.kind == PHARMACY else HOSPITALS
        cited = draft.cite(*channels)
        radius = f"{centre.called}에서 {wish.radius_km * _WIDER:.0f}km 안에"
        opened = f"{question.asked.words} 문을 연 것이 확인되는 " if wish.open_at else ""
        what = telling.subject(f"{opened}{question.sought.label}")
        draft.say(f"이 자료에는 {radius} {what} 없습니다.", cited, settled=True)
        draft.say(channels.text, cited, settled=True)
        if wish.open_at:
            closed = await nearest(self._records, replace(wish, open_at=None, count=2), question.holidays)
            facilities = await self._records.facilities([near.spot.id for near in closed])
            for facility, near in zip(facilities, closed, strict=True):
                told = telling.line(facility, near.metres, question.asked, question.holidays)
                draft.say(told, _cite(draft, facility), settled=True)


def _what_to_ask(question: _Question) -> str:
    if question.shared_name:
        return f"어느 지역의 {question.shared_name}인지 시·도까지 알려 주시겠어요?"
    return ASK_NAME if question.sought.this_one else ASK_PLACE


def _centre_of(place: Place) -> Centre:
    called = place.name if place.extent is Extent.SPOT else f"{place.name} 중심"
    return Centre(place.latitude, place.longitude, called, _RADIUS_KM[place.extent])


def _wish(question: _Question, centre: Centre) -> Wish:
    sought, asked = question.sought, question.asked
    return Wish(
        centre.latitude,
        centre.longitude,
        _MOONLIGHT_KM if sought.moonlight else centre.radius_km,
        sought.kind,
        sought.kind_names,
        sought.departments,
        sought.moonlight,
        asked.moment if asked.given else None,
        asked.whole_day,
        LISTED,
    )


def _say_limits(draft: Draft, question: _Question, facilities: list[Facility], ids: list[str]) -> None:
    """What the records do not tell, and that a call comes before the way there."""
    sought = question.sought
    if sought.subspecialties:
        parts = "·".join(sought.subspecialties)
        draft.say(
            f"자료에는 {telling.subject(parts)} 따로 없어 내과를 안내했으니 그 진료를 하는지 확인하세요.",
            *ids,
            settled=True,
        )
    if sought.unrecorded:
        unknown = "·".join(sought.unrecorded)
        draft.say(
            f"{telling.object_of(unknown).replace('지를', '지는')} 자료에 없으므로 전화로 물어보세요.",
            *ids,
            settled=True,
        )
    draft.say(telling.CALL_FIRST, *ids, settled=True)
    if any(facility.sample for facility in facilities):
        draft.say(telling.SAMPLE_NOTICE, *ids, settled=True)


def _cite(draft: Draft, facility: Facility) -> str:
    return draft.cite(
        f"clinic/{facility.id}", facility.name, telling.snippet(facility), facility.source, facility.as_of
    )
