"""Exports taken in: idempotent, resumable, broken rows named and left out."""

from __future__ import annotations

import json
import pathlib
from datetime import date
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.clinic import ingest as ingesting
from services.clinic.facility import region_of
from services.clinic.ingest import SAMPLE, Progress, take_exports_in
from services.clinic.opening_hours import Day
from services.clinic.store import ClinicStore, Kept
from services.storage.exports import ExportError

HOSPITAL = {
    "ykiho": "H1",
    "yadmNm": "가나의원",
    "clCdNm": "의원",
    "sidoCdNm": "서울",
    "sgguCdNm": "중구",
    "addr": "서울특별시 중구 세종대로 1",
    "telno": "02-000-0000",
    "XPos": 127.0,
    "YPos": 37.5,
}
DETAIL = {"ykiho": "H1", "trmtMonStart": 900, "trmtMonEnd": 1800, "dgsbjt": {"dgsbjtCdNm": "내과"}}


def write(folder: pathlib.Path, name: str, rows: list[dict[str, Any]]) -> None:
    body = {"header": {"resultCode": "00"}, "body": {"items": {"item": rows}}}
    (folder / f"{name}.json").write_text(json.dumps(body, ensure_ascii=False))


async def taken_in(store: ClinicStore, folder: pathlib.Path = SAMPLE) -> dict[str, Progress]:
    """The last report of every source."""
    return {progress.source: progress async for progress in take_exports_in(store, folder)}


async def test_the_shipped_sample_is_taken_in_whole(store: ClinicStore) -> None:
    reports = await taken_in(store)
    assert set(reports) == {source.value for source in Kept}
    assert all(report.done == report.total > 0 and report.refused == 0 for report in reports.values())
    assert len(await store.spots()) == reports["clinic/hospitals"].total + reports["clinic/pharmacies"].total
    assert (await store.holidays())[date(2026, 12, 25)] == "기독탄신일"


async def test_a_known_file_is_not_read_again(store: ClinicStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await taken_in(store)
    monkeypatch.setattr(ingesting, "read_export", lambda path: pytest.fail(f"{path.name} was read"))
    assert await taken_in(store) == before


async def test_rows_are_joined_and_a_bare_department_is_one(store: ClinicStore, tmp_path: pathlib.Path) -> None:
    write(tmp_path, "hira_hospitals", [HOSPITAL])
    write(tmp_path, "hira_details", [DETAIL])
    await taken_in(store, tmp_path)
    (clinic,) = await store.facilities(["H1"])
    assert clinic.departments == ("내과",)
    assert clinic.week.days[0] == Day(540, 1080)
    assert not clinic.sample


@pytest.mark.parametrize(
    ("broken", "field"),
    [({"ykiho": ""}, "ykiho"), ({"yadmNm": " "}, "yadmNm"), ({"XPos": "동쪽"}, "XPos"), ({"YPos": 0}, "YPos")],
)
async def test_a_broken_row_is_left_out_and_the_rest_kept(
    store: ClinicStore, tmp_path: pathlib.Path, broken: dict[str, Any], field: str
) -> None:
    write(tmp_path, "hira_hospitals", [HOSPITAL | {"ykiho": "H2"} | broken, HOSPITAL])
    with capture_logs() as logged:
        report = (await taken_in(store, tmp_path))["clinic/hospitals"]
    assert (report.total, report.refused) == (1, 1)
    assert [spot.id for spot in await store.spots()] == ["H1"]
    assert [(line["file"], line["row"], line["field"]) for line in logged] == [("hira_hospitals.json", 1, field)]


async def test_unreadable_hours_leave_the_facility_with_unknown_ones(
    store: ClinicStore, tmp_path: pathlib.Path
) -> None:
    write(tmp_path, "hira_hospitals", [HOSPITAL])
    write(tmp_path, "hira_details", [DETAIL | {"trmtMonEnd": "저녁"}])
    report = (await taken_in(store, tmp_path))["clinic/hospitals"]
    (clinic,) = await store.facilities(["H1"])
    assert report.refused == 1
    assert clinic.week.days == (None,) * 8


async def test_what_a_new_export_lacks_goes_and_pharmacies_stay(store: ClinicStore, tmp_path: pathlib.Path) -> None:
    write(tmp_path, "hira_hospitals", [HOSPITAL, HOSPITAL | {"ykiho": "H2"}])
    write(tmp_path, "nemc_pharmacies", [{"hpid": "P1", "dutyName": "약국", "wgs84Lat": "37.5", "wgs84Lon": "127"}])
    await taken_in(store, tmp_path)
    write(tmp_path, "hira_hospitals", [HOSPITAL])
    await taken_in(store, tmp_path)
    assert sorted(spot.id for spot in await store.spots()) == ["H1", "P1"]


async def test_an_interrupted_run_goes_on_after_its_last_batch(
    store: ClinicStore, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "BATCH", 2)
    write(tmp_path, "hira_hospitals", [HOSPITAL | {"ykiho": f"H{n}"} for n in range(5)])
    interrupted = take_exports_in(store, tmp_path)
    assert (await anext(interrupted)).done == 2
    await interrupted.aclose()
    assert [report.done async for report in take_exports_in(store, tmp_path)] == [4, 5, 5]
    assert len(await store.spots()) == 5


async def test_a_gateway_error_is_no_export(store: ClinicStore, tmp_path: pathlib.Path) -> None:
    (tmp_path / "hira_hospitals.json").write_text('{"header": {"resultCode": "22", "resultMsg": "LIMITED"}}')
    with pytest.raises(ExportError):
        await taken_in(store, tmp_path)


async def test_real_exports_are_told_from_the_sample(store: ClinicStore, tmp_path: pathlib.Path) -> None:
    await taken_in(store)
    assert not await store.holds_real_data()
    write(tmp_path, "hira_hospitals", [HOSPITAL])
    await taken_in(store, tmp_path)
    assert await store.holds_real_data()


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("서울특별시 중구", "서울"),
        ("전북특별자치도 전주시", "전북"),
        ("충청북도 청주시", "충북"),
        ("제주특별자치도 제주시", "제주"),
        ("경상남도 진주시", "경남"),
        ("경기도 성남시", "경기"),
    ],
)
def test_regions_of_addresses(address: str, region: str) -> None:
    assert region_of(address) == region
