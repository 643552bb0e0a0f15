"""The facilities around a point that fit a wish, nearest first, then best rated.

The search grows in rings: where facilities stand close together the first ring is enough, and only a thinly served
place, or a wish few can meet, reads the whole radius.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from services.clinic.facility import Spot
from services.clinic.opening_hours import SEOUL, State, judge
from services.storage.geo import cells_around, haversine_m

DEFAULT_RADIUS_KM = 5.0
DEFAULT_COUNT = 20
_FIRST_RING_KM = 0.6


class Spots(Protocol):
    """Where spots are looked up."""

    async def around(self, ranges: Sequence[tuple[int, int, int]], kind: str, moonlight: bool) -> list[Spot]: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for. Empty collections and "" mean any; with ``open_at`` only what is known to be open counts."""

    latitude: float
    longitude: float
    radius_km: float = DEFAULT_RADIUS_KM
    kind: str = ""
    kind_names: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    moonlight: bool = False
    open_at: datetime | None = None
    # With this, any opening on the day of ``open_at`` counts.
    whole_day: bool = False
    count: int = DEFAULT_COUNT


class Near(NamedTuple):
    """A fitting facility and its great-circle distance in metres."""

    spot: Spot
    metres: int


async def nearest(spots: Spots, wish: Wish, holidays: Collection[date]) -> list[Near]:
    """Up to ``wish.count`` fitting facilities within the radius, by distance, then rating, then id."""
    found: list[Near] = []
    for radius_km in _rings(wish.radius_km):
        ranges = cells_around(wish.latitude, wish.longitude, radius_km)
        found = _fitting(await spots.around(ranges, wish.kind, wish.moonlight), wish, radius_km, holidays)
        if len(found) >= wish.count:
            break
    return sorted(found, key=lambda near: (near.metres, -(near.spot.rating or 0.0), near.spot.id))[: wish.count]


def open_on(spot: Spot, moment: datetime, holidays: Collection[date], whole_day: bool = False) -> bool:
    """Whether a facility is known to be open at a moment, or at any time of its day."""
    if whole_day:
        day = spot.week.day(moment.astimezone(SEOUL).date(), holidays)
        return day is not None and not day.closed
    return judge(spot.week, moment, holidays).state is State.OPEN


def _rings(radius_km: float) -> Iterator[float]:
    ring = _FIRST_RING_KM
    while ring < radius_km:
        yield ring
        ring *= 2
    yield radius_km


def _fitting(spots: list[Spot], wish: Wish, radius_km: float, holidays: Collection[date]) -> list[Near]:
    opened: dict[str | None, bool] = {}
    found = []
    for spot in spots:
        if not _is_wanted(spot, wish):
            continue
        metres = haversine_m(wish.latitude, wish.longitude, spot.latitude, spot.longitude)
        if metres > radius_km * 1000:
            continue
        if wish.open_at and spot.hours not in opened:
            opened[spot.hours] = open_on(spot, wish.open_at, holidays, wish.whole_day)
        if wish.open_at is None or opened[spot.hours]:
            found.append(Near(spot, round(metres)))
    return found


def _is_wanted(spot: Spot, wish: Wish) -> bool:
    if wish.kind_names and spot.kind_name not in wish.kind_names:
        return False
    return not wish.departments or not wish.departments.isdisjoint(spot.offers)
