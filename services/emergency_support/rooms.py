"""Emergency rooms: which are near, and whether what is known of their beds is fresh enough to be told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from services.safety.text import compact
from services.storage.geo import haversine_m

SEOUL = timezone(timedelta(hours=9), "KST")
# A bed number is withheld when it is older; the national feed is renewed every few minutes.
FRESH = timedelta(minutes=30)
# Clocks differ a little; a report from further in the future is a mistake.
_AHEAD = timedelta(minutes=5)
_WANTED = re.compile(r"응급실|응급의료센터|응급의료기관|응급센터|외상센터|야간진료병원|응급병원")
_WHERE = re.compile(r"어디|어느|가까|근처|주변|부근|인근|찾|위치|전화|병상|자리|갈수|여는|열린|추천|몇km|거리")
_DISTRICT = re.compile(r"[가-힣]{2,4}[시군구]$")
_ENDING = re.compile(r"(?:광역|특별)?[시군구]$")


@dataclass(frozen=True, slots=True)
class Room:
    """An emergency medical institution. Degrees WGS 84; ``beds_at`` is Korean time without a zone, as reported."""

    hpid: str
    name: str
    address: str
    phone: str
    emergency_phone: str
    kind: str
    latitude: float
    longitude: float
    beds: int | None
    beds_at: datetime | None
    as_of: str


@dataclass(frozen=True, slots=True)
class Beds:
    """What may be told of an emergency room's beds. ``free`` is None unless a fresh number is known."""

    free: int | None = None
    reported_at: datetime | None = None
    age_minutes: int | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """A room with its great-circle distance; ``metres`` is None when it was found by its district."""

    room: Room
    metres: int | None


def beds_of(room: Room, now: datetime) -> Beds:
    """The room's beds as of ``now`` (with a zone). More patients than beds counts as none free."""
    if room.beds is None or room.beds_at is None:
        return Beds()
    reported = room.beds_at.replace(tzinfo=SEOUL)
    age = now - reported
    stale = not -_AHEAD <= age <= FRESH
    minutes = max(0, int(age.total_seconds() // 60))
    return Beds(None if stale else max(0, room.beds), reported, minutes, stale)


def nearest(rooms: Iterable[Room], latitude: float, longitude: float, radius_km: float, count: int) -> list[Near]:
    """The nearest rooms within the radius, nearest first; equally near ones by their id."""
    measured = [Near(room, round(haversine_m(latitude, longitude, room.latitude, room.longitude))) for room in rooms]
    within = [near for near in measured if near.metres is not None and near.metres <= radius_km * 1000]
    return sorted(within, key=lambda near: (near.metres, near.room.hpid))[:count]


def wanted(question: str) -> bool:
    """Whether a question looks for an emergency room."""
    solid = compact(question)
    return bool(_WANTED.search(solid) and _WHERE.search(solid))


def named_in(question: str, rooms: Iterable[Room], count: int) -> list[Near]:
    """The rooms whose own name, or whose district, a question names ("해운대 응급실", "분당서울대병원 응급실")."""
    solid = compact(question)
    known = list(rooms)
    by_name = [room for room in known if compact(room.name) in solid]
    by_district = [room for room in known if any(name in solid for name in _districts(room.address))]
    return [Near(room, None) for room in dict.fromkeys(by_name or by_district)][:count]


def _districts(address: str) -> list[str]:
    """Names of an address's 시·군·구, with and without their ending: "해운대구", "해운대"; never one syllable."""
    words = [word for word in address.split()[:3] if _DISTRICT.match(word)]
    short = [_ENDING.sub("", word) for word in words]
    return [*words, *(word for word in short if len(word) >= 2)]
