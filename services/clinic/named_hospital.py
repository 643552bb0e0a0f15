"""What the record of one named hospital says to a question, and what it does not."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from services.clinic import telling
from services.clinic.departments import mentioned
from services.clinic.facilities_near import cite
from services.clinic.facility import Facility
from services.clinic.when_asked import Asked
from services.safety.text import compact, normalised
from services.specialist.draft import Draft

_HOURS = re.compile(
    r"시간|몇시|여나|여는|열어|열었|하나요|하노|하는지|점심|접수|마감|문닫|닫|휴진|진료해|진료하|요일|욜|주말|공휴|지금|오늘|야간|밤"
)
_DEPARTMENTS = re.compile(r"진료과|무슨과|어떤과|과목|과가|과있|과도")
_PARKING = re.compile(r"주차|차가져|차를가져|발렛|파킹")
_EMERGENCY = re.compile(r"응급실|응급진료|응급")
_BOOKING = re.compile(r"예약|접수방법|앱|온라인")
_NOT_RECORDED = (
    (re.compile(r"병문안|면회|문병"), "면회 시간"),
    (re.compile(r"비용|얼마|가격|진료비"), "진료비"),
    (re.compile(r"입원|병실|간병"), "입원과 병실"),
    (re.compile(r"교수|의사|선생님|전문의|명의"), "의료진"),
    (re.compile(r"장례"), "장례식장"),
    (re.compile(r"셔틀|버스|지하철"), "교통편"),
    (re.compile(r"mri|ct(?![a-z])|내시경|초음파|검진|검사"), "검사"),
    (re.compile(r"사본|증명서|진단서|서류|기록"), "서류 발급"),
)
_CONTACT = re.compile(r"어디|위치|주소|가는길|가는법|찾아가|전화|번호|연락처|누리집|홈페이지")


def tell(draft: Draft, text: str, facility: Facility, asked: Asked, holidays: Collection[date]) -> bool:
    """Drafts what the record says; True when the question asks for something that it does not tell."""
    solid, id = compact(text).replace(compact(facility.name), ""), cite(draft, facility)
    told, contact = _asked_for(solid, text, facility, asked, holidays), telling.contact(facility)
    for sentence in [contact, *told] if _CONTACT.search(solid) else [*told, contact]:
        draft.say(sentence, id, settled=True)
    unknown = _unrecorded(solid)
    for subject in unknown:
        draft.say(f"{facility.name}의 {subject} 안내는 자료에 없습니다. {_where(facility)}", id, settled=True)
    if facility.sample:
        draft.say(telling.SAMPLE_NOTICE, id, settled=True)
    return bool(unknown)


def _asked_for(solid: str, text: str, facility: Facility, asked: Asked, holidays: Collection[date]) -> list[str]:
    """The sentences the question asks for, in the order of their weight; the hours when it asks for nothing special."""
    told: list[str] = []
    names = mentioned(normalised(text))
    if _PARKING.search(solid):
        told.append(telling.parking(facility))
    if names or _DEPARTMENTS.search(solid):
        told += telling.departments(facility, names)
    if _EMERGENCY.search(solid):
        told.append(telling.emergency_room(facility))
    about_hours = _HOURS.search(solid) or asked.given
    if about_hours and asked.given:
        told.append(f"{facility.name}: {telling.opening(facility, asked, holidays)}.")
    nothing_special = not told and not _unrecorded(solid) and not _CONTACT.search(solid)
    return told + (telling.hours(facility) if about_hours or nothing_special else [])


def _unrecorded(solid: str) -> list[str]:
    """What the question asks for that the record does not tell; booking is one of them, beyond the telephone."""
    unknown = [subject for pattern, subject in _NOT_RECORDED if pattern.search(solid)]
    return (["예약 방법"] if _BOOKING.search(solid) else []) + unknown


def _where(facility: Facility) -> str:
    phone = f"대표전화({facility.phone})" if facility.phone else "병원"
    return f"{phone}나 누리집({facility.url})에서 확인하세요." if facility.url else f"{phone}에 확인하세요."
