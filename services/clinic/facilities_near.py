"""The part of an answer that lists facilities near a place, or says that none is known."""

from __future__ import annotations

from dataclasses import replace

from services.clinic import telling
from services.clinic.facility import PHARMACY, Facility
from services.clinic.finding_help import HOSPITALS, PHARMACIES, Channels
from services.clinic.nearby import Near, Wish, nearest
from services.clinic.question import Centre, Question
from services.clinic.register import Register
from services.specialist.draft import Draft

LISTED = 4
_MOONLIGHT_KM = 30.0
# When nothing fits nearby, this many times further is looked.
_WIDER = 3
_FOUND, _NONE_FOUND = 0.9, 0.75


async def tell(draft: Draft, question: Question, centre: Centre, register: Register) -> float:
    """Drafts the list; how sure it is that this answers the question, 0..1."""
    wish = wish_of(question, centre)
    found = _nearest(question, wish) or _search(question, replace(wish, radius_km=wish.radius_km * _WIDER))
    facilities = await register.facilities([near.spot.id for near in found])
    if facilities:
        _tell_found(draft, question, centre, facilities, {near.spot.id: near.metres for near in found})
        return _FOUND
    _tell_none(draft, question, centre, wish)
    if wish.open_at:
        closed = _search(question, replace(wish, open_at=None, count=2))
        metres = {near.spot.id: near.metres for near in closed}
        _tell_lines(draft, question, await register.facilities(list(metres)), metres)
    return _NONE_FOUND


def channels_for(question: Question) -> Channels:
    """The public channels that find what the question looks for."""
    return PHARMACIES if question.sought.kind == PHARMACY else HOSPITALS


def wish_of(question: Question, centre: Centre) -> Wish:
    """What to search for. A 달빛어린이병원 is worth a longer way."""
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


def _search(question: Question, wish: Wish) -> list[Near]:
    return nearest(question.known.grid, wish, question.known.holidays)


def _nearest(question: Question, wish: Wish) -> list[Near]:
    """The nearest; for a child at a certain time also an open 달빛어린이병원, which may be further away."""
    found = _search(question, wish)
    if not wish.open_at or "소아청소년과" not in wish.departments:
        return found
    near = {one.spot.id for one in found}
    far = replace(wish, radius_km=_MOONLIGHT_KM, moonlight=True, departments=frozenset(), count=1)
    moonlight = [one for one in _search(question, far) if one.spot.id not in near]
    return found[: LISTED - len(moonlight)] + moonlight


def _tell_found(
    draft: Draft, question: Question, centre: Centre, facilities: list[Facility], metres: dict[str, int]
) -> None:
    ids = [cite(draft, facility) for facility in facilities]
    what = telling.object_of(_opened(question) + question.sought.label)
    draft.say(f"{centre.called} 기준으로 가까운 순서로 {what} 안내합니다.", *ids, settled=True)
    _tell_lines(draft, question, facilities, metres)
    for sentence in _limits(question):
        draft.say(sentence, *ids, settled=True)
    draft.say(telling.CALL_FIRST, *ids, settled=True)
    if any(facility.sample for facility in facilities):
        draft.say(telling.SAMPLE_NOTICE, *ids, settled=True)


def _opened(question: Question) -> str:
    asked = question.asked
    if not asked.given:
        return ""
    return "지금 문을 연 " if asked.words == telling.NOW else f"{asked.words} 문을 여는 "


def _tell_lines(draft: Draft, question: Question, facilities: list[Facility], metres: dict[str, int]) -> None:
    for facility in facilities:
        told = telling.line(facility, metres[facility.id], question.asked, question.known.holidays)
        draft.say(told, cite(draft, facility), settled=True)


def _tell_none(draft: Draft, question: Question, centre: Centre, wish: Wish) -> None:
    """Says that none fits, and where to ask."""
    channels = channels_for(question)
    cited = draft.cite(*channels)
    opened = f"{question.asked.words} 문을 연 것이 확인되는 " if wish.open_at else ""
    what = telling.subject(opened + question.sought.label)
    draft.say(
        f"이 자료에는 {centre.called}에서 {wish.radius_km * _WIDER:.0f}km 안에 {what} 없습니다.", cited, settled=True
    )
    draft.say(channels.text, cited, settled=True)


def _limits(question: Question) -> list[str]:
    """What the records do not tell of what was asked for."""
    told = []
    if question.sought.subspecialties:
        parts = telling.subject("·".join(question.sought.subspecialties))
        told.append(f"자료에는 {parts} 따로 없어 내과를 안내했으니 그 진료를 하는지 확인하세요.")
    if question.sought.unrecorded:
        told.append(f"{telling.topic('·'.join(question.sought.unrecorded))} 자료에 없으므로 전화로 물어보세요.")
    return told


def cite(draft: Draft, facility: Facility) -> str:
    """Records a facility as evidence; its id within the draft."""
    id, text = f"clinic/{facility.id}", telling.snippet(facility)
    return draft.cite(id, facility.name, text, facility.source, facility.as_of)
