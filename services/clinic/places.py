"""Where a question is about: place words turned into coordinates.

Two sources: a table of well-known places, and the facilities themselves (the districts of their addresses, the stations
and neighbourhoods their records name). A name that several regions share (중구, 중동) counts only beside its region.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from services.clinic import well_known_places as well_known
from services.clinic.wording import Found, Wording


class Extent(IntEnum):
    """How much ground a place covers; the narrowest place of a question is the one meant."""

    SPOT = 1
    DISTRICT = 2
    CITY = 3
    PROVINCE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its centre in degrees and its region (시·도, short)."""

    name: str
    latitude: float
    longitude: float
    region: str
    extent: Extent
    # In the table, so meant before a namesake that only the facilities know (시청역 is Seoul's).
    well_known: bool = False

    @property
    def too_wide(self) -> bool:
        """True for a province outside the metropolitan cities: its centre says nothing about where somebody is."""
        return self.extent is Extent.PROVINCE and self.region in _WIDE


@dataclass(frozen=True, slots=True)
class Sight:
    """What a record tells about its surroundings."""

    region: str
    address: str
    neighbourhood: str
    station: str
    latitude: float
    longitude: float


_WIDE = frozenset({"경기", "강원", "충북", "충남", "전북", "전남", "경북", "경남"})
# Districts whose short form is an everyday word ("3일 동안", "상당히", "연수"): known by their full name alone.
_EVERYDAY = frozenset(
    {"동안", "상당", "남동", "연수", "수성", "유성", "수지", "수영", "단원", "사상", "권선", "중원", "소사"}
)
_LONGEST = 12
# What may follow a place name that is not at the end of its word.
_AFTER = re.compile(
    r"역|동|구|시|군|쪽|근처|근방|주변|부근|인근|가까|에|의|으로|로|인데|이에|예요|입니|이요|사는|살|앞|옆|내|점|출구|터미널|사거리|"
    r"도|은|는|이|가|랑|말고|까지|지역|시내|시외|중심|밖|일대|약국|병원|의원|치과|한의|소아|내과|외과|정형|이비|피부|안과|산부|"
    r"정신|비뇨|신경|가정|통증|재활|성형|한방|보건|응급|달빛|야간|심야|밤|새벽|24|365|일요|토요|주말|휴일|공휴|지금|오늘|mri|ct|"
    r"대학|종합|큰|요양|아동|어린이|여성|건강|여는|하는|문연|있"
)


class Places:
    """The known places, by every name they go by."""

    def __init__(self, sights: Iterable[Sight] = ()) -> None:
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for table, extent in _TABLES:
            for names, place in _read(table, extent):
                self._add(place, names)
        for place, names in _seen(sights):
            self._add(place, names)

    def _add(self, place: Place, names: Iterable[str]) -> None:
        """What the table says of a name within a region stands; the facilities add what it lacks."""
        for name in names:
            if all(known.region != place.region for known in self._by_name[name]):
                self._by_name[name].append(place)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def find(self, text: str) -> Place | None:
        """The narrowest place a text speaks of; None when it names none, or one that several regions share."""
        named = [self._by_name[found.name] for found in self.mentions(Wording(text))]
        regions = {options[0].region for options in named if len(options) == 1}
        meant = [place for options in named if (place := _chosen(options, regions))]
        return min(meant, key=lambda place: place.extent, default=None)

    def shared(self, text: str) -> str:
        """A name in the text that several regions share and that the text does not settle, or ""."""
        if self.find(text):
            return ""
        return next((found.name for found in self.mentions(Wording(text))), "")

    def mentions(self, wording: Wording) -> list[Found]:
        return list(wording.named(self._by_name, _LONGEST, self._may_end))

    def _may_end(self, rest: str, at_word_end: bool) -> bool:
        if at_word_end or _AFTER.match(rest):
            return True
        return any(rest[:length] in self._by_name for length in range(2, min(len(rest), _LONGEST) + 1))


def _chosen(options: list[Place], regions: set[str]) -> Place | None:
    """The one place that is meant: the only one, else the one in a region the text names, else the well-known one."""
    here = [place for place in options if place.region in regions]
    known = [place for place in options if place.well_known]
    return next((some[0] for some in (options, here, known) if len(some) == 1), None)


_TABLES = (
    (well_known.SPOTS, Extent.SPOT),
    (well_known.DISTRICTS, Extent.DISTRICT),
    (well_known.CITIES, Extent.CITY),
    (well_known.PROVINCES, Extent.PROVINCE),
)


def _read(table: str, extent: Extent) -> Iterable[tuple[list[str], Place]]:
    for line in table.split("\n"):
        if line:
            region, joined, latitude, longitude = line.split()
            names = joined.split(",")
            yield names, Place(names[0], float(latitude), float(longitude), region, extent, well_known=True)


def _seen(sights: Iterable[Sight]) -> Iterable[tuple[Place, list[str]]]:
    """Districts, stations and neighbourhoods of the records, each at the middle of the facilities that name it."""
    points: dict[tuple[str, str, Extent], list[tuple[float, float]]] = defaultdict(list)
    for sight in sights:
        for name, extent in _names_of(sight):
            points[sight.region, name, extent].append((sight.latitude, sight.longitude))
    for (region, name, extent), around in points.items():
        latitude = sum(point[0] for point in around) / len(around)
        longitude = sum(point[1] for point in around) / len(around)
        yield Place(name, latitude, longitude, region, extent), [name, *_short(name, extent)]


def _names_of(sight: Sight) -> Iterable[tuple[str, Extent]]:
    if sight.station:
        yield sight.station, Extent.SPOT
    if len(sight.neighbourhood) >= 2:
        yield sight.neighbourhood, Extent.SPOT
    for word in sight.address.split()[1:3]:
        if len(word) >= 2 and word[-1] in "시군구":
            yield word, Extent.CITY if word[-1] == "시" else Extent.DISTRICT


def _short(name: str, extent: Extent) -> list[str]:
    """The name without 시, 군 or 구 (종로구 → 종로); stations and neighbourhoods keep theirs."""
    short = name[:-1]
    return [short] if extent is not Extent.SPOT and len(short) >= 2 and short not in _EVERYDAY else []
