"""The grid: what lies within a radius lies in the cells that cover it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.storage.geo import EARTH_RADIUS_M, ROW_FACTOR, cell, cells_around, haversine_m

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


def destination(lat: float, lon: float, bearing: float, metres: float) -> tuple[float, float]:
    """The point ``metres`` away from a point along ``bearing`` (radians), by the spherical direct formula."""
    phi, angle = math.radians(lat), metres / EARTH_RADIUS_M
    sin_phi2 = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    phi2 = math.asin(max(-1.0, min(1.0, sin_phi2)))
    turned = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(phi2)
    )
    return math.degrees(phi2), (lon + math.degrees(turned) + 540) % 360 - 180


def covered(lat: float, lon: float, ranges: list[tuple[int, int, int]]) -> bool:
    return any(first <= cell(lat, lon) <= last for _, first, last in ranges)


def test_distance_between_two_stations_is_the_known_one() -> None:
    seoul_station, busan_station = (37.5547, 126.9707), (35.1151, 129.0413)
    assert haversine_m(*seoul_station, *busan_station) == pytest.approx(327_500, rel=0.01)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_distance_is_symmetric_and_at_most_half_the_globe(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    there = haversine_m(lat1, lon1, lat2, lon2)
    assert 0 <= there <= math.pi * EARTH_RADIUS_M + 1
    assert there == pytest.approx(haversine_m(lat2, lon2, lat1, lon1), abs=1e-3)


@given(LATITUDES, LONGITUDES, st.floats(0, 100), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_every_point_within_the_radius_is_covered(
    lat: float, lon: float, radius_km: float, bearing: float, share: float
) -> None:
    there = destination(lat, lon, bearing, radius_km * 1000 * share)
    assert covered(*there, cells_around(lat, lon, radius_km))


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, st.floats(0, 100))
def test_a_point_outside_the_cells_is_outside_the_radius(
    lat: float, lon: float, lat2: float, lon2: float, radius_km: float
) -> None:
    if not covered(lat2, lon2, cells_around(lat, lon, radius_km)):
        assert haversine_m(lat, lon, lat2, lon2) > radius_km * 1000


@given(st.floats(33, 39), st.floats(124, 132), st.floats(0.1, 10))
def test_in_korea_the_cover_is_not_much_larger_than_the_circle(lat: float, lon: float, radius_km: float) -> None:
    cells = sum(last - first + 1 for _, first, last in cells_around(lat, lon, radius_km))
    side = 2 * radius_km / (111.2 * 0.02)
    assert cells <= (side + 2) * (side * 1.3 + 2)


@given(LATITUDES, LONGITUDES)
def test_a_cell_fits_a_signed_32_bit_column_and_is_in_its_own_cover(lat: float, lon: float) -> None:
    here = cell(lat, lon)
    assert 0 <= here < 2**31
    assert here // ROW_FACTOR in {row for row, _, _ in cells_around(lat, lon, 0)}
    assert covered(lat, lon, cells_around(lat, lon, 0))


def test_the_date_line_splits_a_row_in_two() -> None:
    ranges = cells_around(0.01, 180, 3)
    assert {first % ROW_FACTOR for _, first, _ in ranges} >= {0}
    assert covered(0.01, -179.99, ranges)
    assert covered(0.01, 179.99, ranges)


def test_a_circle_with_a_pole_inside_takes_every_column() -> None:
    assert covered(89.99, 0.0, cells_around(89.95, 170.0, 20))
