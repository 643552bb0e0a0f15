"""A facility as this domain keeps it: one row of HIRA's hospital list or of the pharmacy list, with its hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.clinic.opening_hours import Week, packed
from services.clinic.source_hours import Row
from services.storage.exports import Provenance, RowError
from services.storage.geo import cell

HOSPITAL, CLINIC, PHARMACY = "hospital", "clinic", "pharmacy"
SAMPLE_MARK = "(표본)"
_WITH_WARDS = frozenset({"상급종합", "종합병원", "병원", "요양병원", "정신병원", "치과병원", "한방병원"})
# Korea with its islands, Dokdo and Marado included.
_LATITUDES, _LONGITUDES = (32.5, 39.0), (124.0, 132.5)


class Spot(NamedTuple):
    """What a search needs of a facility; weeks and departments are shared between the facilities that have the same."""

    id: str
    latitude: float
    longitude: float
    cell: int
    kind: str
    kind_name: str
    departments: frozenset[str]
    week: Week
    rating: float | None
    moonlight: bool


@dataclass(frozen=True, slots=True)
class Facility:
    """Everything that is kept of a facility. Coordinates in degrees; empty text where the source is silent."""

    id: str
    name: str
    kind: str
    kind_name: str
    region: str
    district: str
    address: str
    phone: str
    url: str
    latitude: float
    longitude: float
    departments: tuple[str, ...]
    week: Week
    facts: Mapping[str, Any]
    rating: float | None
    moonlight: bool
    as_of: str
    source: str

    @property
    def fictional(self) -> bool:
        """True for an example that exists in the sample only."""
        return self.name.startswith(SAMPLE_MARK)

    @property
    def sample(self) -> bool:
        return self.fictional or self.source.endswith(SAMPLE_MARK)


def hospital_row(row: Row, detail: Row, week: Week, moonlight: Row | None, said: Provenance) -> dict[str, Any]:
    """The table's row of a hospital or clinic. Raises :class:`RowError` when it has no id, name or place."""
    kind_name = str(row.get("clCdNm", ""))
    return {
        "id": _required(row, "ykiho"),
        "name": _required(row, "yadmNm"),
        "kind": HOSPITAL if kind_name in _WITH_WARDS else CLINIC,
        "kind_name": kind_name,
        "region": row.get("sidoCdNm", ""),
        "district": row.get("sgguCdNm", ""),
        "address": row.get("addr", ""),
        "phone": row.get("telno", ""),
        "url": row.get("hospUrl", ""),
        **_place(row, "YPos", "XPos"),
        "departments": _department_names(detail.get("dgsbjt")),
        "hours": packed(week),
        "facts": _facts(row, detail, moonlight),
        "rating": None,
        "moonlight": moonlight is not None,
        "as_of": said.date,
        "source": said.label,
    }


def pharmacy_row(row: Row, week: Week, said: Provenance) -> dict[str, Any]:
    """The table's row of a pharmacy. Raises :class:`RowError` when it has no id, name or place."""
    address = str(row.get("dutyAddr", ""))
    remark = str(row.get("dutyEtc", ""))
    return {
        "id": _required(row, "hpid"),
        "name": _required(row, "dutyName"),
        "kind": PHARMACY,
        "kind_name": "약국",
        "region": region_of(address),
        "district": " ".join(word for word in address.split()[1:3] if word[-1] in "시군구"),
        "address": address,
        "phone": row.get("dutyTel1", ""),
        "url": "",
        **_place(row, "wgs84Lat", "wgs84Lon"),
        "departments": [],
        "hours": packed(week),
        "facts": {"remark": remark} if remark else {},
        "rating": None,
        "moonlight": False,
        "as_of": said.date,
        "source": said.label,
    }


def region_of(address: str) -> str:
    """The short name of an address's 시·도: "서울특별시 중구 …" → "서울", "전북특별자치도 …" → "전북"."""
    province = address.split(" ", 1)[0]
    if province[:2] in ("충청", "전라", "경상") and len(province) == 4:
        return province[0] + province[2]
    return province[:2]


def _required(row: Row, field: str) -> str:
    value = str(row.get(field, "")).strip()
    if not value:
        raise RowError(field, "is empty")
    return value


def _place(row: Row, latitude: str, longitude: str) -> dict[str, float | int]:
    north, east = _degrees(row, latitude, *_LATITUDES), _degrees(row, longitude, *_LONGITUDES)
    return {"latitude": north, "longitude": east, "cell": cell(north, east)}


def _degrees(row: Row, field: str, least: float, most: float) -> float:
    try:
        degrees = float(row.get(field, ""))
    except ValueError:
        raise RowError(field, "is not a number") from None
    if not least <= degrees <= most:
        raise RowError(field, "is outside Korea")
    return degrees


def _department_names(given: Any) -> list[str]:
    """The gateway sends several departments as a list and one as a bare object."""
    rows = [given] if isinstance(given, Mapping) else given or []
    return [str(row["dgsbjtCdNm"]) for row in rows if isinstance(row, Mapping) and row.get("dgsbjtCdNm")]


def _facts(row: Row, detail: Row, moonlight: Row | None) -> dict[str, Any]:
    parking = detail.get("parkEtc") or ("주차 요금 있음" if detail.get("parkXpnsYn") == "Y" else "")
    facts = {
        "neighbourhood": row.get("emdongNm", ""),
        "station": detail.get("plcNm", ""),
        "parking": parking,
        "lunch": detail.get("lunchWeek", ""),
        "reception": detail.get("rcvWeek", ""),
        "emergency_day": detail.get("emyDayYn") == "Y",
        "emergency_night": detail.get("emyNgtYn") == "Y",
        "moonlight": {key: moonlight.get(key, "") for key in ("weekday", "saturday", "sundayHoliday")}
        if moonlight
        else {},
    }
    return {key: value for key, value in facts.items() if value}
