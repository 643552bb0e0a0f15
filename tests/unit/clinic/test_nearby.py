"""The nearest fitting facilities, compared with looking at every one."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from services.clinic.facility import Spot
from services.clinic.nearby import Grid, Wish, nearest
from services.clinic.opening_hours import SEOUL, Day, State, Week, judge
from services.storage.geo import cell, haversine_m

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SEOUL)
OPEN, SHUT, UNKNOWN = Week((Day(540, 1080),) * 8), Week((Day(rest="휴진"),) * 8), Week()


def spot(
    id: str, latitude: float, longitude: float, week: Week = OPEN, rating: float | None = None, **others: object
) -> Spot:
    fields = {"kind": "clinic", "kind_name": "의원", "departments": frozenset({"내과"}), "moonlight": False} | others
    return Spot(
        id=id,
        latitude=latitude,
        longitude=longitude,
        cell=cell(latitude, longitude),
        week=week,
        rating=rating,
        **fields,
    )  # type: ignore[arg-type]


def ids(spots: list[Spot], wish: Wish) -> list[str]:
    return [near.spot.id for near in nearest(Grid(spots), wish, ())]


HERE = (37.5, 127.0)


def test_by_distance_then_rating_then_id() -> None:
    spots = [
        spot("far", 37.52, 127.0),
        spot("b", 37.501, 127.0),
        spot("a", 37.501, 127.0),
        spot("rated", 37.501, 127.0, rating=4.5),
    ]
    assert ids(spots, Wish(*HERE)) == ["rated", "a", "b", "far"]


def test_filters() -> None:
    spots = [
        spot("clinic", 37.501, 127.0),
        spot("dentist", 37.501, 127.0, kind_name="치과의원", departments=frozenset({"치과"})),
        spot("pharmacy", 37.501, 127.0, kind="pharmacy", kind_name="약국", departments=frozenset()),
        spot("moonlight", 37.501, 127.0, moonlight=True, departments=frozenset({"소아청소년과"})),
    ]
    assert ids(spots, Wish(*HERE, kind="pharmacy")) == ["pharmacy"]
    assert ids(spots, Wish(*HERE, kind_names=frozenset({"치과의원"}))) == ["dentist"]
    assert ids(spots, Wish(*HERE, departments=frozenset({"내과"}))) == ["clinic"]
    assert ids(spots, Wish(*HERE, moonlight=True)) == ["moonlight"]


def test_open_means_known_to_be_open() -> None:
    spots = [spot("open", 37.501, 127.0), spot("shut", 37.501, 127.0, SHUT), spot("unknown", 37.501, 127.0, UNKNOWN)]
    assert ids(spots, Wish(*HERE, open_at=NOON)) == ["open"]


def test_a_whole_day_counts_any_opening_of_it() -> None:
    morning = spot("morning", 37.501, 127.0, Week((Day(480, 600),) * 8))
    assert ids([morning], Wish(*HERE, open_at=NOON)) == []
    assert ids([morning], Wish(*HERE, open_at=NOON, whole_day=True)) == ["morning"]


points = st.tuples(st.floats(37.3, 37.7), st.floats(126.8, 127.2))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(points, st.sampled_from([OPEN, SHUT, UNKNOWN]), st.none() | st.floats(0, 5)), max_size=60),
    st.floats(0.05, 30),
    st.integers(1, 25),
    st.booleans(),
)
def test_the_rings_find_what_looking_at_all_finds(
    placed: list[tuple[tuple[float, float], Week, float | None]], radius_km: float, count: int, only_open: bool
) -> None:
    spots = [spot(str(n), *point, week, rating) for n, (point, week, rating) in enumerate(placed)]
    wish = Wish(*HERE, radius_km=radius_km, open_at=NOON if only_open else None, count=count)
    fitting = [
        (round(metres), -(one.rating or 0.0), one.id)
        for one in spots
        if (metres := haversine_m(*HERE, one.latitude, one.longitude)) <= radius_km * 1000
        and (not only_open or judge(one.week, NOON, ()).state is State.OPEN)
    ]
    assert ids(spots, wish) == [id for _, _, id in sorted(fitting)[:count]]
