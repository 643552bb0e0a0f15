"""Distances on the globe, and the grid that finds rows near a point without a spatial index.

A cell is a square of 0.02 degrees, numbered ``row * 100000 + column``; rows count from the south pole, columns from
the date line eastwards. A radius search reads one range of cells per row and sorts what it finds by real distance.
"""

from __future__ import annotations

import math

CELL_DEGREES = 0.02
ROW_FACTOR = 100_000
# Mean radius of the earth in metres (IUGG); against WGS 84 a distance is off by 0.5 % at most.
EARTH_RADIUS_M = 6_371_008.8
_ROWS, _COLUMNS = 9_000, 18_000
# Longer than any rounding error of the angles below, shorter than any distance between two facilities (about 0.1 m).
_SLACK_DEGREES = 1e-6


def haversine_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres between two points given in degrees."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_phi, half_lambda = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    a = math.sin(half_phi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, a)))


def cell(lat: float, lon: float) -> int:
    """The cell a point lies in. Longitudes beyond ±180 wrap."""
    return _row(lat) * ROW_FACTOR + _column(lon)


def cells_around(lat: float, lon: float, radius_km: float) -> list[tuple[int, int, int]]:
    """Ranges ``(row, first_cell, last_cell)``, both ends included, that together hold every point within the radius.

    A row has two ranges where the circle crosses the date line, and all its columns where the circle holds a pole.
    """
    reach = math.degrees(radius_km * 1000 / EARTH_RADIUS_M) + _SLACK_DEGREES
    columns = _column_spans(lon, _half_width(lat, reach))
    rows = range(_row(lat - reach), _row(lat + reach) + 1)
    return [(row, row * ROW_FACTOR + first, row * ROW_FACTOR + last) for row in rows for first, last in columns]


def _row(lat: float) -> int:
    return min(max(math.floor((lat + 90) / CELL_DEGREES), 0), _ROWS - 1)


def _column(lon: float) -> int:
    return math.floor((lon + 180) / CELL_DEGREES) % _COLUMNS


def _half_width(lat: float, reach: float) -> float:
    """How many degrees of longitude a circle of ``reach`` degrees spans to either side: asin(sin reach / cos lat)."""
    if abs(lat) + reach >= 90:
        return 180.0
    return math.degrees(math.asin(math.sin(math.radians(reach)) / math.cos(math.radians(lat)))) + _SLACK_DEGREES


def _column_spans(lon: float, half_width: float) -> list[tuple[int, int]]:
    if half_width >= 180 - CELL_DEGREES:
        return [(0, _COLUMNS - 1)]
    west, east = _column(lon - half_width), _column(lon + half_width)
    return [(west, east)] if west <= east else [(west, _COLUMNS - 1), (0, east)]
