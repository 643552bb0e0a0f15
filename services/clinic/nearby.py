"""The facilities around a point that fit a wish, nearest first, then best rated.

Every facility's place is kept in memory, by cell: a wish that few can meet looks at thousands of them, which is slow to
read from a database each time (a nation's 77,000 take some 30 MB). The search grows in rings: where facilities stand
close together the first one is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nsmallest
from typing import NamedTuple

from services.clinic.facility import Spot
from services.clinic.opening_hours import SEOUL, State, judge
from services.storage.geo import cells_around, haversine_m

DEFAULT_RADIUS_KM = 5.0
DEFAULT_COUNT = 20
_FIRST_RING_KM = 0.6


class Grid:
    """Spots by the cell they lie in."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._by_cell: dict[int, list[Spot]] = defaultdict(list)
        for spot in spots:
            self._by_cell[spot.cell].append(spot)

    def around(self, latitude: float, longitude: float, radius_km: float) -> Iterator[Spot]:
        """The spots of every cell that a circle touches, in no order."""
        for _, first, last in cells_around(latitude, longitude, radius_km):
            for cell in range(first, last + 1):
                if cell in self._by_cell:
                    yield from self._by_cell[cell]


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


def nearest(grid: Grid, wish: Wish, holidays: Collection[date]) -> list[Near]:
    """Up to ``wish.count`` fitting facilities within the radius, by distance, then rating, then id."""
    found: list[Near] = []
    opened: dict[int, bool] = {}
    for radius_km in _rings(wish.radius_km):
        found = list(_fitting(grid, wish, radius_km, holidays, opened))
        if len(found) >= wish.count:
            break
    return nsmallest(wish.count, found, key=lambda near: (near.metres, -(near.spot.rating or 0.0), near.spot.id))


def open_on(spot: Spot, moment: datetime, holidays: Collection[date], whole_day: bool = False) -> bool:
    """Whether a facility is known to be open at a moment, or at any time of its day."""
    if whole_day:
        day = spot.week.day(moment.astimezone(SEOUL).date(), holidays)
        return day is not None and not day.closed
    return judge(spot.week, moment, holidays).state is State.OPEN


def _rings(radius_km: float) -> Iterator[float]:
    """Growing radii, each reading about four times the ground of the one before; the last is the whole."""
    ring = _FIRST_RING_KM
    while ring * 2 <= radius_km:
        yield ring
        ring *= 2
    yield radius_km


def _fitting(
    grid: Grid, wish: Wish, radius_km: float, holidays: Collection[date], opened: dict[int, bool]
) -> Iterator[Near]:
    for spot in grid.around(wish.latitude, wish.longitude, radius_km):
        if not _is_wanted(spot, wish):
            continue
        if wish.open_at and not _opens(opened, spot, wish.open_at, wish.whole_day, holidays):
            continue
        metres = haversine_m(wish.latitude, wish.longitude, spot.latitude, spot.longitude)
        if metres <= radius_km * 1000:
            yield Near(spot, round(metres))


def _opens(known: dict[int, bool], spot: Spot, moment: datetime, whole_day: bool, holidays: Collection[date]) -> bool:
    """:func:`open_on`, asked once for all facilities that share a week."""
    week = id(spot.week)
    if week not in known:
        known[week] = open_on(spot, moment, holidays, whole_day)
    return known[week]


def _is_wanted(spot: Spot, wish: Wish) -> bool:
    if wish.kind and spot.kind != wish.kind:
        return False
    if wish.kind_names and spot.kind_name not in wish.kind_names:
        return False
    if wish.moonlight and not spot.moonlight:
        return False
    return not wish.departments or not wish.departments.isdisjoint(spot.departments)
