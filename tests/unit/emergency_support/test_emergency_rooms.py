"""Near rooms, beds that are too old to be told, and exports taken in."""

from __future__ import annotations

import json
import pathlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.emergency_support import telling
from services.emergency_support.ingest import take_exports_in
from services.emergency_support.rooms import SEOUL, Near, Room, beds_of, named_in, nearest, wanted
from services.emergency_support.store import RoomStore, Source
from services.storage.exports import ExportError
from services.storage.geo import haversine_m

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=SEOUL)
ROOM = Room(
    "A1", "가나병원", "서울특별시 강남구 길 1", "02", "", "지역응급의료센터", 37.5, 127.0, 7, None, "2026-11-20"
)
GANGNAM = (37.4979, 127.0276)


def reported(minutes_ago: float, beds: int = 7) -> Room:
    return replace(ROOM, beds=beds, beds_at=(NOW - timedelta(minutes=minutes_ago)).replace(tzinfo=None))


@pytest.mark.parametrize(
    ("minutes", "free", "stale"),
    [
        (0, 7, False),
        (29, 7, False),
        (30, 7, False),
        (31, None, True),
        (600, None, True),
        (-4, 7, False),
        (-60, None, True),
    ],
)
def test_only_fresh_beds_are_told(minutes: int, free: int | None, stale: bool) -> None:
    beds = beds_of(reported(minutes), NOW)
    assert (beds.free, beds.stale) == (free, stale)
    assert beds.age_minutes == max(0, minutes)


def test_beds_never_reported_are_unknown_not_stale() -> None:
    beds = beds_of(ROOM, NOW)
    assert (beds.free, beds.age_minutes, beds.reported_at, beds.stale) == (None, None, None, False)


def test_more_patients_than_beds_is_none_free() -> None:
    assert beds_of(reported(5, beds=-12), NOW).free == 0


@given(st.lists(st.tuples(st.floats(33, 38), st.floats(126, 129)), max_size=30), st.floats(1, 100), st.integers(1, 10))
def test_nearest_is_sorted_within_the_radius_and_complete(
    places: list[tuple[float, float]], radius_km: float, count: int
) -> None:
    rooms = [replace(ROOM, hpid=str(i), latitude=lat, longitude=lon) for i, (lat, lon) in enumerate(places)]
    found = nearest(rooms, *GANGNAM, radius_km, count)
    metres = [near.metres for near in found]
    within = [room for room in rooms if round(haversine_m(*GANGNAM, room.latitude, room.longitude)) <= radius_km * 1000]
    assert metres == sorted(metres)
    assert len(found) == min(count, len(within))


@pytest.mark.parametrize(
    ("question", "is_wanted"),
    [
        ("가까운 응급실 어디예요", True),
        ("근처 응급의료센터 찾아줘", True),
        ("응급실에 갈 때 뭐 챙겨요", False),
        ("가까운 약국 어디예요", False),
    ],
)
def test_whether_a_question_looks_for_a_room(question: str, is_wanted: bool) -> None:
    assert wanted(question) is is_wanted


def test_rooms_of_a_named_district_or_hospital() -> None:
    other = replace(ROOM, hpid="B", name="다라의료원", address="부산광역시 해운대구 길 2")
    rooms = [ROOM, other]
    assert [near.room.hpid for near in named_in("해운대 응급실 어디", rooms, 5)] == ["B"]
    assert [near.room.hpid for near in named_in("가나병원 응급실 전화번호", rooms, 5)] == ["A1"]
    assert named_in("가까운 응급실", rooms, 5) == []


def test_lines_tell_fresh_beds_and_withhold_old_ones() -> None:
    fresh, old = Near(reported(10), 1240), Near(reported(40), 800)
    assert "1.2km" in telling.line(fresh, NOW)
    assert "빈 병상 7개(08:50 기준)" in telling.line(fresh, NOW)
    assert "병상" not in telling.line(old, NOW)
    assert telling.caution([fresh], NOW, sample=False) == telling.CHANGING
    assert telling.caution([fresh, old], NOW, sample=False) == telling.STALE
    assert telling.SAMPLE in telling.caution([fresh], NOW, sample=True)


# ---- ingest ----------------------------------------------------------------------------------------------------------


def envelope(rows: list[dict[str, str]]) -> str:
    return json.dumps({"header": {"resultCode": "00"}, "body": {"items": {"item": rows}}})


def row(hpid: str, **changed: str) -> dict[str, str]:
    given_row = {
        "hpid": hpid, "dutyName": "병원", "dutyAddr": "서울특별시 중구 길 1", "dutyEmclsName": "지역응급의료센터",
        "wgs84Lat": "37.56", "wgs84Lon": "126.98",
    }  # fmt: skip
    return {**given_row, **changed}


async def test_the_shipped_sample(sample: RoomStore) -> None:
    rooms = await sample.all()
    assert len(rooms) > 100
    assert all(room.beds is not None for room in rooms)
    assert await sample.as_of() == "2026-11-20"
    near = nearest(await sample.around(*GANGNAM, 10), *GANGNAM, 10, 3)
    assert len(near) == 3
    assert not await sample.holds_real_data()


async def test_a_known_file_is_not_read_again(sample: RoomStore) -> None:
    before = await sample.run(Source.SAMPLE_ROOMS)
    again = [progress async for progress in take_exports_in(sample)]
    assert [progress.source for progress in again] == [Source.SAMPLE_ROOMS.value, Source.SAMPLE_BEDS.value]
    assert before is not None
    assert again[0].done == before.rows_kept


async def test_real_exports_replace_the_sample_and_stay(sample: RoomStore, tmp_path: pathlib.Path) -> None:
    (tmp_path / "nemc_emergency.json").write_text(envelope([row("R1"), row("R2", wgs84Lat="0"), row("")]))
    beds = [
        {"hpid": "R1", "hvec": "-3", "hvidate": "20261120084900"},
        {"hpid": "R9", "hvec": "3", "hvidate": "20261120084900"},
        {"hpid": "R1", "hvec": "x", "hvidate": "20261120084900"},
        {"hpid": "R1", "hvec": "3", "hvidate": "2026"},
    ]
    (tmp_path / "nemc_beds.json").write_text(envelope(beds))
    reports = [progress async for progress in take_exports_in(sample, tmp_path)]
    assert [(report.done, report.refused) for report in reports] == [(1, 2), (1, 3)]
    assert "row 2: wgs84Lat is outside Korea" in reports[0].note
    assert "row 3: hpid is empty" in reports[0].note
    assert "row 2: hpid is no known institution" in reports[1].note
    rooms = await sample.all()
    assert [(room.hpid, room.beds, room.beds_at) for room in rooms] == [("R1", -3, datetime(2026, 11, 20, 8, 49))]

    again = [progress async for progress in take_exports_in(sample)]
    assert again[0].note
    assert [room.hpid for room in await sample.all()] == ["R1"]


async def test_new_institutions_keep_known_beds(store: RoomStore, tmp_path: pathlib.Path) -> None:
    rooms, beds = tmp_path / "nemc_emergency.json", tmp_path / "nemc_beds.json"
    rooms.write_text(envelope([row("R1")]))
    beds.write_text(envelope([{"hpid": "R1", "hvec": "4", "hvidate": "20261120084900"}]))
    [_ async for _ in take_exports_in(store, tmp_path)]
    rooms.write_text(envelope([row("R1", dutyName="새 이름"), row("R2")]))
    [_ async for _ in take_exports_in(store, tmp_path)]
    assert [(room.hpid, room.beds) for room in await store.all()] == [("R1", 4), ("R2", None)]


async def test_a_gateway_error_is_no_export(store: RoomStore, tmp_path: pathlib.Path) -> None:
    (tmp_path / "nemc_emergency.json").write_text('{"header": {"resultCode": "30", "resultMsg": "KEY"}}')
    with pytest.raises(ExportError):
        [_ async for _ in take_exports_in(store, tmp_path)]
    assert await store.all() == []
