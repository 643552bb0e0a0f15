"""Sentences about emergency rooms, in Korean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.emergency_support.rooms import Beds, Near, Room, beds_of

ASK_119 = "가까운 응급실과 지금 진료되는 곳은 119에 전화하거나 응급의료포털(E-Gen)에서 확인할 수 있습니다."
NONE_NEAR = "이 자료에는 가까운 응급실이 없습니다. 119에 전화하면 지금 갈 수 있는 응급실을 안내받을 수 있습니다."
WHERE = "지금 계신 곳의 시·군·구를 알려 주시거나 위치를 보내 주시면 가까운 응급실을 안내합니다."
STALE = "응급실 병상 수는 30분이 지난 자료여서 표시하지 않으니 출발 전에 전화로 진료가 되는지 확인하세요."
CHANGING = "응급실 병상 수는 계속 바뀌므로 출발 전에 전화로 진료가 되는지 확인하세요."
SAMPLE = "응급실 목록은 표본 데이터이므로 119나 응급의료포털(E-Gen)에서 다시 확인하세요."
_KILOMETRE = 1000


def line(near: Near, now: datetime) -> str:
    """A room in one sentence: name, kind, distance, telephone, fresh beds, address."""
    room = near.room
    parts = [_distance(near.metres), _phone(room), _beds(beds_of(room, now)), f"주소 {room.address}"]
    kind = f"({room.kind})" if room.kind else ""
    return f"{room.name}{kind}: {', '.join(part for part in parts if part)}."


def snippet(room: Room) -> str:
    """The record, for the citation."""
    return " · ".join(part for part in (room.name, room.kind, room.address, _phone(room)) if part)


def caution(found: Sequence[Near], now: datetime, sample: bool) -> str:
    """What to check before going."""
    fresh = all(beds_of(near.room, now).free is not None for near in found)
    return f"{CHANGING if fresh else STALE} {SAMPLE}" if sample else (CHANGING if fresh else STALE)


def _distance(metres: int | None) -> str:
    if metres is None:
        return ""
    return f"{metres}m" if metres < _KILOMETRE else f"{metres / _KILOMETRE:.1f}km"


def _phone(room: Room) -> str:
    if room.emergency_phone:
        return f"응급실 전화 {room.emergency_phone}"
    return f"대표전화 {room.phone}" if room.phone else ""


def _beds(beds: Beds) -> str:
    if beds.free is None or beds.reported_at is None:
        return ""
    return f"응급실 빈 병상 {beds.free}개({beds.reported_at:%H:%M} 기준)"
