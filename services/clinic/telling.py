"""Sentences about facilities, in Korean."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from services.clinic.facility import PHARMACY, Facility
from services.clinic.opening_hours import SEOUL, State, hours_text, judge, week_text
from services.clinic.when_asked import Asked

CALL_FIRST = "출발 전에 전화로 운영 여부를 확인하세요."
SAMPLE_NOTICE = "표본 데이터이므로 실제 방문 전 응급의료포털(E-Gen)이나 129에서 확인하세요."
NOW = "지금"


def distance(metres: int) -> str:
    """350 → "350m", 1240 → "1.2km"."""
    return f"{metres}m" if metres < 1000 else f"{metres / 1000:.1f}km"


def opening(facility: Facility, asked: Asked, holidays: Collection[date]) -> str:
    """Whether it is open at the asked moment, e.g. "지금 영업 중(22:00까지)", "일요일(11월 22일) 진료 10:00~14:00"."""
    verb = "영업" if facility.kind == PHARMACY else "진료"
    if asked.whole_day:
        return _day(facility, asked, holidays, verb)
    called = "오늘" if asked.words == NOW else "그날"
    judgement = judge(facility.week, asked.moment, holidays, called)
    if judgement.state is State.UNKNOWN:
        return judgement.note
    state = f"{verb} 중" if judgement.state is State.OPEN else f"{verb}하지 않음"
    return f"{asked.words} {state}({judgement.note})"


def _day(facility: Facility, asked: Asked, holidays: Collection[date], verb: str) -> str:
    on = asked.moment.astimezone(SEOUL).date()
    day = facility.week.day(on, holidays)
    if day is None:
        remark = dict(facility.week.remarks).get(facility.week.row(on, holidays))
        return f"{asked.words} {remark or '운영시간 정보 없음'}"
    return f"{asked.words} {hours_text(day)}" if day.closed else f"{asked.words} {verb} {hours_text(day)}"


def line(facility: Facility, metres: int, asked: Asked, holidays: Collection[date]) -> str:
    """A facility in one sentence: name, distance, state, address, telephone."""
    tags = [tag for tag in (_tag(facility), str(facility.facts.get("remark", ""))) if tag]
    name = f"{facility.name}({', '.join(tags)})" if tags else facility.name
    phone = f"전화 {facility.phone}" if facility.phone else "전화번호 자료 없음"
    return f"{name}: {distance(metres)}, {opening(facility, asked, holidays)}, 주소 {facility.address}, {phone}."


def _tag(facility: Facility) -> str:
    return "달빛어린이병원" if facility.moonlight else ""


def snippet(facility: Facility) -> str:
    """The record in a few lines, for the citation."""
    parts = (
        f"{facility.name} ({facility.kind_name})",
        f"주소 {facility.address}",
        f"전화 {facility.phone}" if facility.phone else "",
        f"운영시간 {week_text(facility.week) or '정보 없음'}",
        f"진료과목 {', '.join(facility.departments)}" if facility.departments else "",
        f"주차 {facility.facts['parking']}" if facility.facts.get("parking") else "",
    )
    return ". ".join(part for part in parts if part)


def contact(facility: Facility) -> str:
    """Telephone and address."""
    phone = f"대표전화는 {facility.phone}이고" if facility.phone else "전화번호는 자료에 없고"
    return f"{facility.name}({facility.kind_name})의 {phone}, 주소는 {facility.address}입니다."


def hours(facility: Facility) -> list[str]:
    """The week, lunch and the end of reception; one sentence that says so when nothing is known."""
    week = week_text(facility.week)
    if not any(day and not day.closed for day in facility.week.days):
        known = f"({week})" if week else ""
        return [f"{facility.name}의 외래 진료시간은 자료에 없습니다{known}. 대표전화로 확인하세요."]
    told = [f"{facility.name}의 운영시간은 {week}입니다."]
    lunch = str(facility.facts.get("lunch", ""))
    if lunch:
        told.append("평일 점심시간은 따로 없습니다." if "없음" in lunch else f"평일 점심시간은 {lunch}입니다.")
    if facility.facts.get("reception"):
        told.append(f"평일 접수시간은 {facility.facts['reception']}입니다.")
    return told


def departments(facility: Facility, asked_for: Collection[str]) -> list[str]:
    """Whether the departments asked about are there, or which there are."""
    if asked_for:
        return [_offered(facility, name) for name in sorted(asked_for)]
    if not facility.departments:
        return [f"{facility.name}의 진료과목은 자료에 없습니다."]
    return [f"{facility.name}의 진료과목은 {', '.join(facility.departments)}입니다."]


def _offered(facility: Facility, name: str) -> str:
    there = "있습니다" if name in facility.departments else "없습니다"
    return f"자료의 {facility.name} 진료과목에 {subject(name)} {there}."


def subject(word: str) -> str:
    """A word with the particle 이 or 가."""
    return word + ("이" if _ends_in_consonant(word) else "가")


def object_of(word: str) -> str:
    """A word with the particle 을 or 를."""
    return word + ("을" if _ends_in_consonant(word) else "를")


def topic(word: str) -> str:
    """A word with the particle 은 or 는."""
    return word + ("은" if _ends_in_consonant(word) else "는")


def _ends_in_consonant(word: str) -> bool:
    """Whether the last syllable has a final consonant; 28 syllables share a beginning, the first without one."""
    return (ord(word[-1]) - 0xAC00) % 28 != 0


def parking(facility: Facility) -> str:
    told = facility.facts.get("parking")
    if told:
        return f"{facility.name}의 주차 안내는 '{told}'입니다. 자세한 요금은 대표전화로 확인하세요."
    return f"{facility.name}의 주차 정보는 자료에 없습니다. 대표전화로 확인하세요."


def emergency_room(facility: Facility) -> str:
    open_at = [
        word for key, word in (("emergency_day", "주간"), ("emergency_night", "야간")) if facility.facts.get(key)
    ]
    if not open_at:
        return f"{facility.name}의 응급실 운영 정보는 자료에 없습니다. 응급 상황이면 119에 신고하세요."
    return f"{topic(facility.name)} 자료에 {'·'.join(open_at)} 응급 진료를 하는 곳으로 적혀 있습니다."
