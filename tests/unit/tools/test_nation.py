"""The synthetic exports: the same each time, and understood row by row by the services that take them in."""

import itertools

import pytest

from services.clinic.facility import hospital_row, pharmacy_row
from services.clinic.source_hours import hira_week, nemc_week
from services.drug.exports import dur, easy_drug, format_of, permit
from services.drug.lay_words import read_lay_words
from services.drug.service import DATA, WORDS
from services.knowledge.passages import read_passages
from services.storage.exports import provenance, read_export
from tests.bench.envelope import write_exports
from tests.bench.nation import SEED, Size, write

SIZE = Size.of(0.001)


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    out = tmp_path_factory.mktemp("nation")
    return out, dict(write(out, SIZE))


def test_as_many_rows_as_announced(nation):
    _, rows = nation
    assert rows["허가정보"] == SIZE.medicines
    assert rows["DUR 성분"] + rows["DUR 품목"] == SIZE.dur
    assert (rows["hira_hospitals"], rows["nemc_pharmacies"]) == (SIZE.hospitals, SIZE.pharmacies)
    assert sum(count for name, count in rows.items() if name.startswith("passages")) == SIZE.passages


def test_the_whole_nation():
    assert Size.of(1.0) == Size(45_000, 800_000, 53_000, 24_000, 200_000)


def test_the_same_seed_gives_the_same_bytes(nation, tmp_path):
    out, _ = nation
    again, other = tmp_path / "again", tmp_path / "other"
    dict(write(again, SIZE, SEED))
    dict(write(other, SIZE, SEED + 1))
    names = sorted(path.relative_to(out) for path in out.rglob("*.json*"))
    assert names == sorted(path.relative_to(again) for path in again.rglob("*.json*"))
    assert all((out / name).read_bytes() == (again / name).read_bytes() for name in names)
    assert all((out / name).read_bytes() != (other / name).read_bytes() for name in names if name.parts[0] != "clinic")


def test_every_medicine_is_understood(nation):
    out, _ = nation
    words = read_lay_words(DATA / WORDS)
    rows = [row for path in sorted((out / "drug").iterdir()) for row in read_export(path)]
    read = {
        "easy_drug": lambda row: easy_drug(row, "source", "2026-11-20"),
        "permit": lambda row: permit(row, words),
        "dur": lambda row: dur(row, words, "nation", "2026-11-20"),
    }
    kinds = [format_of(row) for row in rows]
    for kind, row in zip(kinds, rows, strict=True):
        read[kind](row)
    assert set(kinds) == set(read)


def test_dur_speaks_of_pairs_of_products_that_exist(nation):
    out, _ = nation
    known = {row["ITEM_SEQ"] for row in read_export(out / "drug" / "product_permit_001.json")}
    pairs = [row for row in read_export(out / "drug" / "dur_products_001.json") if row["MIXTURE_ITEM_SEQ"]]
    assert len(pairs) > SIZE.dur / 2
    assert {row[name] for row in pairs for name in ("ITEM_SEQ", "MIXTURE_ITEM_SEQ")} <= known


def test_every_facility_is_understood(nation):
    out, _ = nation
    said = provenance(out / "clinic" / "hira_hospitals.json")
    details = {row["ykiho"]: row for row in read_export(out / "clinic" / "hira_details.json")}
    for row in read_export(out / "clinic" / "hira_hospitals.json"):
        detail = details.get(row["ykiho"], {})
        assert hospital_row(row, detail, hira_week(detail), None, said)["source"].startswith("합성 자료")
    for row in read_export(out / "clinic" / "nemc_pharmacies.json"):
        pharmacy_row(row, nemc_week(row), said)


def test_every_passage_is_understood_and_named_once(nation):
    out, _ = nation
    read = [read_passages(path) for path in sorted((out / "knowledge").rglob("*.jsonl"))]
    assert not [refused for _, rows in read for refused in rows]
    ids = [passage.id for passages, _ in read for passage in passages]
    assert len(ids) == len(set(ids)) == SIZE.passages


def test_a_long_export_is_cut_into_files(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.bench.envelope.FILE_ROWS", 3)
    rows = ({"ITEM_SEQ": str(number)} for number in itertools.count())
    assert write_exports(tmp_path, "many", itertools.islice(rows, 7), "합성") == 7
    assert [len(list(read_export(path))) for path in sorted(tmp_path.iterdir())] == [3, 3, 1]
