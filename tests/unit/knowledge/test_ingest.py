import pytest
from sqlalchemy.engine import make_url

from services.knowledge import ingest
from services.knowledge.ingest import take_in
from services.knowledge.store import Store
from services.storage.engine import open_engine
from services.storage.migrate import migrate
from tests.unit.knowledge.test_passages import GOOD, written


@pytest.fixture
async def store(tmp_path):
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/reference.sqlite3")
    await migrate("reference", url)
    engine = open_engine(url)
    yield Store(engine)
    await engine.dispose()


async def ingested(store, folder):
    return [progress async for progress in take_in(store, folder)]


async def held(store):
    return [passage.id for passage in await store.passages()]


async def test_what_is_read_is_held(store, tmp_path):
    written(tmp_path, GOOD, "{")
    reports = await ingested(store, tmp_path)
    assert reports[-1].source == "knowledge/drug/otc.jsonl"
    assert (reports[-1].done, reports[-1].total, reports[-1].refused) == (2, 2, 1)
    assert [report.note for report in reports if report.note] == ["otc.jsonl row 2:  is not JSON"]
    (passage,) = await store.passages()
    assert (passage.title, passage.questions, passage.group) == ("제목", ("물음",), "otc")


async def test_an_unchanged_file_is_not_read_again(store, tmp_path):
    written(tmp_path, GOOD)
    await ingested(store, tmp_path)
    before = await store.digests()
    assert await ingested(store, tmp_path) == []
    assert await store.digests() == before


async def test_a_changed_file_replaces_its_collection(store, tmp_path):
    written(tmp_path, GOOD, GOOD | {"id": "dg-2"})
    written(tmp_path, GOOD | {"id": "o-1", "group": "other"}, group="other")
    await ingested(store, tmp_path)
    written(tmp_path, GOOD | {"id": "dg-3"})
    await ingested(store, tmp_path)
    assert sorted(await held(store)) == ["dg-3", "o-1"]


async def test_an_id_of_another_file_is_refused(store, tmp_path):
    written(tmp_path, GOOD | {"group": "a"}, group="a")
    written(tmp_path, GOOD | {"group": "b"}, group="b")
    reports = await ingested(store, tmp_path)
    assert [report.note for report in reports if report.note] == ["b.jsonl row 1: id occurs twice"]
    assert await held(store) == ["dg-1"]


async def test_the_sample_gives_way(store, tmp_path, monkeypatch):
    sample, real = tmp_path / "sample", tmp_path / "real"
    monkeypatch.setattr(ingest, "DATA", sample)
    written(sample, GOOD | {"id": "s-1"})
    written(sample, GOOD | {"id": "s-2", "group": "b"}, group="b")
    await ingested(store, sample)
    assert not await store.holds_real_data()
    written(real, GOOD | {"id": "r-1"})
    await ingested(store, real)
    assert await store.holds_real_data()
    assert await held(store) == ["r-1"]


async def test_an_empty_folder_takes_nothing_away(store, tmp_path):
    written(tmp_path / "sample", GOOD)
    await ingested(store, tmp_path / "sample")
    (tmp_path / "empty").mkdir()
    assert await ingested(store, tmp_path / "empty") == []
    assert await held(store) == ["dg-1"]
