"""A list of facilities around a point, each judged at one moment."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from services.clinic.departments import official
from services.clinic.facility import Facility
from services.clinic.nearby import DEFAULT_COUNT, DEFAULT_RADIUS_KM, Wish, nearest
from services.clinic.opening_hours import SEOUL, Judgement, hours_text, judge
from services.clinic.register import Register


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. 0 and "" mean the default or any; a moment without a time zone is Korean time."""

    latitude: float
    longitude: float
    radius_km: float = 0.0
    department: str = ""
    kind: str = ""
    moonlight: bool = False
    open_now: bool = False
    at: datetime | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A facility of the list; ``hours`` are those of the judged day, "" when unknown."""

    facility: Facility
    metres: int
    judgement: Judgement
    hours: str


class NearbyLister:
    """Lists facilities by distance, then rating."""

    def __init__(self, register: Register, clock: Callable[[], datetime]) -> None:
        self._register, self._clock = register, clock

    async def list(self, request: Request) -> tuple[datetime, list[Listed]]:
        """The moment hours were judged at, in Korean time, and the facilities."""
        moment, known = self._moment(request.at), await self._register.known()
        found = nearest(known.grid, _wish(request, moment), known.holidays)
        metres = {near.spot.id: near.metres for near in found}
        facilities = await self._register.facilities(list(metres))
        return moment, [_listed(one, metres[one.id], moment, known.holidays) for one in facilities]

    def _moment(self, at: datetime | None) -> datetime:
        if at is None:
            return self._clock().astimezone(SEOUL)
        return at.replace(tzinfo=SEOUL) if at.tzinfo is None else at.astimezone(SEOUL)


def _wish(request: Request, moment: datetime) -> Wish:
    department = request.department.strip()
    return Wish(
        request.latitude,
        request.longitude,
        request.radius_km or DEFAULT_RADIUS_KM,
        kind=request.kind,
        departments=frozenset({official(department) or department} if department else ()),
        moonlight=request.moonlight,
        open_at=moment if request.open_now else None,
        count=request.count or DEFAULT_COUNT,
    )


def _listed(facility: Facility, metres: int, moment: datetime, holidays: Collection[date]) -> Listed:
    judgement = judge(facility.week, moment, holidays)
    return Listed(facility, metres, judgement, hours_text(facility.week.day(moment.date(), holidays)))
