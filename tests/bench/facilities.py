"""Synthetic hospitals, practices and pharmacies in the formats of HIRA and the National Medical Center.

They stand around the centres of real cities, as dense as people live there, so that a search in the capital meets what
it would meet; names and addresses are invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from tests.bench.envelope import Row
from tests.bench.words import Words

# Region, its full name, district, degrees north and east, inhabitants in ten thousands (rounded), spread in degrees.
_PLACES_TEXT = """
서울 서울특별시 강남구 37.50 127.05 160 0.03
서울 서울특별시 송파구 37.51 127.11 140 0.03
서울 서울특별시 마포구 37.56 126.92 120 0.03
서울 서울특별시 노원구 37.65 127.06 130 0.03
서울 서울특별시 중구 37.56 126.99 90 0.02
서울 서울특별시 관악구 37.48 126.95 150 0.03
서울 서울특별시 강서구 37.55 126.84 150 0.03
부산 부산광역시 부산진구 35.16 129.05 180 0.04
부산 부산광역시 해운대구 35.17 129.16 150 0.04
대구 대구광역시 수성구 35.86 128.63 235 0.06
인천 인천광역시 남동구 37.45 126.71 300 0.06
광주 광주광역시 북구 35.17 126.91 140 0.05
대전 대전광역시 서구 36.35 127.38 144 0.05
울산 울산광역시 남구 35.54 129.33 110 0.05
세종 세종특별자치시 세종시 36.50 127.26 39 0.05
경기 경기도 수원시 37.27 127.01 250 0.06
경기 경기도 성남시 37.41 127.12 220 0.05
경기 경기도 고양시 37.66 126.83 210 0.06
경기 경기도 용인시 37.24 127.18 210 0.08
경기 경기도 부천시 37.50 126.77 160 0.04
경기 경기도 평택시 36.99 127.11 150 0.10
경기 경기도 의정부시 37.74 127.05 160 0.06
강원 강원특별자치도 춘천시 37.88 127.73 70 0.10
강원 강원특별자치도 강릉시 37.75 128.88 80 0.12
충북 충청북도 청주시 36.64 127.49 160 0.10
충남 충청남도 천안시 36.82 127.11 210 0.12
전북 전북특별자치도 전주시 35.82 127.15 175 0.12
전남 전라남도 순천시 34.95 127.49 90 0.15
전남 전라남도 목포시 34.81 126.39 90 0.15
경북 경상북도 포항시 36.02 129.34 130 0.12
경북 경상북도 구미시 36.12 128.34 125 0.12
경남 경상남도 창원시 35.23 128.68 190 0.10
경남 경상남도 진주시 35.18 128.11 135 0.12
제주 제주특별자치도 제주시 33.50 126.53 68 0.08
"""
_DEPARTMENTS = (
    ("내과", "01"), ("정신건강의학과", "03"), ("외과", "04"), ("정형외과", "05"), ("신경외과", "06"),
    ("산부인과", "10"), ("소아청소년과", "11"), ("안과", "12"), ("이비인후과", "13"), ("피부과", "14"),
    ("비뇨의학과", "15"), ("재활의학과", "21"), ("가정의학과", "23"),
)  # fmt: skip
_WEEKDAYS, _SATURDAY = ("Mon", "Tue", "Wed", "Thu", "Fri"), "Sat"
_HOURS = (("0900", "1800"), ("0900", "1830"), ("0930", "1900"), ("0830", "1730"), ("0900", "2000"))


@dataclass(frozen=True, slots=True)
class Place:
    """A district: names, centre in degrees, weight, spread in degrees."""

    region: str
    province: str
    district: str
    latitude: float
    longitude: float
    weight: int
    spread: float


def _place(line: str) -> Place:
    region, province, district, north, east, weight, spread = line.split()
    return Place(region, province, district, float(north), float(east), int(weight), float(spread))


PLACES = tuple(_place(line) for line in _PLACES_TEXT.strip().splitlines())
_WEIGHTS = tuple(accumulate(place.weight for place in PLACES))


@dataclass(frozen=True, slots=True)
class Site:
    """Where a facility stands."""

    place: Place
    latitude: float
    longitude: float
    number: int

    @property
    def address(self) -> str:
        place = self.place
        return f"{place.province} {place.district} 합성로 {self.number % 900 + 1} (합성 주소)"


class Atlas:
    """Draws facilities, each once, hospitals and pharmacies from one stream of sites."""

    def __init__(self, source: random.Random) -> None:
        self._source, self._words = source, Words(source)

    def hospital_rows(self, count: int) -> Iterator[Row]:
        """HIRA's list: mostly practices of one department, some hospitals."""
        for number in range(count):
            site = self._site(number)
            department = _DEPARTMENTS[number % len(_DEPARTMENTS)][0]
            kind, code = ("병원", "21") if number % 40 == 39 else ("의원", "31")
            name = f"{self._words.stem()}{department}의원" if kind == "의원" else f"{self._words.stem()}{number}병원"
            yield {
                "ykiho": _hospital_id(number),
                "yadmNm": name,
                "clCd": code,
                "clCdNm": kind,
                "sidoCdNm": site.place.region,
                "sgguCdNm": site.place.district,
                "emdongNm": f"합성{number % 20}동",
                "addr": site.address,
                "telno": "",
                "hospUrl": "",
                "XPos": site.longitude,
                "YPos": site.latitude,
                "estbDd": "",
                "drTotCnt": "",
            }

    def detail_rows(self, count: int) -> Iterator[Row]:
        """HIRA's details of the same hospitals; every tenth gives no hours."""
        return (_detail(number) for number in range(count) if number % 10 != 9)

    def pharmacy_rows(self, count: int) -> Iterator[Row]:
        """The pharmacies of the National Medical Center."""
        for number in range(count):
            site = self._site(number)
            opens, closes = _HOURS[number % len(_HOURS)]
            hours = {f"dutyTime{day}{end}": time for day in range(1, 7) for end, time in (("s", opens), ("c", closes))}
            yield {
                "hpid": f"SYNP{number:06}",
                "dutyName": f"{self._words.stem()}약국",
                "dutyAddr": site.address,
                "dutyTel1": "",
                **hours,
                "wgs84Lat": str(site.latitude),
                "wgs84Lon": str(site.longitude),
                "dutyEtc": "",
            }

    def _site(self, number: int) -> Site:
        source = self._source
        place = source.choices(PLACES, cum_weights=_WEIGHTS)[0]
        north = round(source.gauss(place.latitude, place.spread), 6)
        east = round(source.gauss(place.longitude, place.spread), 6)
        return Site(place, north, east, number)


def _hospital_id(number: int) -> str:
    return f"SYNH{number:06}"


def _detail(number: int) -> Row:
    opens, closes = _HOURS[number % len(_HOURS)]
    ends = (("Start", opens), ("End", closes))
    hours = {f"trmt{day}{end}": time for day in _WEEKDAYS for end, time in ends}
    taught = _DEPARTMENTS if number % 40 == 39 else [_DEPARTMENTS[number % len(_DEPARTMENTS)]]
    return {
        "ykiho": _hospital_id(number),
        **hours,
        f"trmt{_SATURDAY}Start": "0900" if number % 3 else "",
        f"trmt{_SATURDAY}End": "1300" if number % 3 else "",
        "lunchWeek": "13:00~14:00",
        "noTrmtSun": "휴진",
        "noTrmtHoli": "휴진",
        "parkEtc": "",
        "dgsbjt": [{"dgsbjtCdNm": name, "dgsbjtCd": code} for name, code in taught],
    }
