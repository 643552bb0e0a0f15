"""KnowledgeService in process: the servicer, the reader and the keeper over a small real index."""

import asyncio
import contextlib
import json
import shutil
from contextlib import aclosing
from dataclasses import replace

import pytest
from sqlalchemy.engine import make_url

from medichain.knowledge.v1 import knowledge_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.knowledge import versions
from services.knowledge.analysis import KiwiAnalyser
from services.knowledge.building_process import IndexBuildError
from services.knowledge.embedding import LEXICAL
from services.knowledge.ingest import take_in
from services.knowledge.keeper import Keeper, Place
from services.knowledge.reading import Reader
from services.knowledge.servicer import KnowledgeServicer
from services.knowledge.store import Store
from services.mesh.errors import MeshError
from services.storage.engine import open_engine
from services.storage.migrate import migrate
from tests.unit.knowledge.test_passages import GOOD, written

TYLENOL = GOOD | {
    "title": "타이레놀 하루 최대량", "text": "성인은 타이레놀을 하루 4,000mg을 넘기지 마세요.",
    "questions": ["타이레놀 몇 알까지 먹어요"], "keywords": ["타이레놀", "아세트아미노펜"],
}  # fmt: skip
BURN = GOOD | {
    "id": "fa-burn", "domain": "emergency_support", "group": "first_aid", "title": "화상 응급처치",
    "text": "화상은 흐르는 찬물에 식히세요.", "questions": ["뜨거운 물에 데었어요"], "keywords": ["화상"],
}  # fmt: skip


@pytest.fixture(scope="module")
def analyser():
    return KiwiAnalyser()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder with a database of two passages and their index, made once."""
    folder = tmp_path_factory.mktemp("knowledge")
    written(folder, TYLENOL)
    written(folder, BURN, domain="emergency_support", group="first_aid")
    (folder / "examples.jsonl").write_text('{"q": "조선시대 왕 순서", "labels": ["out_of_scope"]}')

    async def make():
        async with opened(folder) as (_, store):
            await migrate("reference", url(folder))
            async for _ in take_in(store, folder):
                pass
            keeper = Keeper(place(folder), store)
            await keeper.start()
            assert keeper.manifest.passages == 2

    asyncio.run(make())
    return folder


@contextlib.asynccontextmanager
async def opened(folder):
    engine = open_engine(url(folder))
    try:
        yield engine, Store(engine)
    finally:
        await engine.dispose()


def url(folder):
    return make_url(f"sqlite+aiosqlite:///{folder}/reference.sqlite3")


def place(folder):
    return Place(folder / "index", (folder / "examples.jsonl",), url(folder).render_as_string())


@pytest.fixture
def folder(prepared, tmp_path):
    return shutil.copytree(prepared, tmp_path / "own", symlinks=True)


@pytest.fixture
async def store(folder):
    async with opened(folder) as (_, store):
        yield store


@pytest.fixture
async def keeper(folder, store):
    keeper = Keeper(place(folder), store)
    await keeper.start()
    yield keeper
    await keeper.close()


@pytest.fixture
async def servicer(keeper, analyser):
    reader = Reader(keeper.in_use, analyser)
    yield KnowledgeServicer(reader, keeper)
    await reader.close()


async def rebuilt(servicer, force=False):
    request = pb.RebuildIndexRequest(force=force)
    return [report async for report in servicer.RebuildIndex(request, None)]


def harm(index):
    (index / "current" / "passages.jsonl").write_bytes(b"harmed")


async def test_search(servicer, keeper):
    answer = await servicer.Search(pb.SearchRequest(query="타이레놀 하루에 몇 알"), None)
    best = answer.passages[0]
    assert (best.id, best.domain, best.group) == ("dg-1", specialist_pb2.DOMAIN_DRUG, "otc")
    assert (best.source, best.as_of, best.reviewed_by) == ("식약처", "2026-11-20", "")
    assert 0.5 < best.score <= 1
    assert best.coverage > 0.6
    assert answer.index_version == keeper.manifest.version


async def test_search_within_a_domain(servicer):
    request = pb.SearchRequest(query="타이레놀 화상", domain=specialist_pb2.DOMAIN_EMERGENCY_SUPPORT)
    assert [passage.id for passage in (await servicer.Search(request, None)).passages] == ["fa-burn"]
    request = pb.SearchRequest(query="타이레놀 화상", group="otc", page_size=1)
    assert [passage.id for passage in (await servicer.Search(request, None)).passages] == ["dg-1"]


@pytest.mark.parametrize("text", ["\u200b", "\x00", "😀" * 8000, "ㄱㅏ", "ㅋ" * 8000, "\u202e"])
async def test_wild_text_is_answered(servicer, text):
    assert not (await servicer.Search(pb.SearchRequest(query=text), None)).passages
    await servicer.FindNeighbours(pb.FindNeighboursRequest(text=text), None)


async def test_neighbours(servicer):
    answer = await servicer.FindNeighbours(pb.FindNeighboursRequest(text="조선시대 왕 순서는?", page_size=2), None)
    assert list(answer.neighbours[0].domains) == [specialist_pb2.DOMAIN_OUT_OF_SCOPE]
    assert answer.neighbours[0].similarity > answer.neighbours[1].similarity
    assert len(answer.neighbours) == 2


async def test_many_at_once_get_their_own_answers(servicer):
    asked = ["타이레놀 하루 최대", "화상 찬물"] * 30
    answers = await asyncio.gather(
        *(servicer.Search(pb.SearchRequest(query=text, page_size=1), None) for text in asked)
    )
    assert [answer.passages[0].id for answer in answers] == ["dg-1", "fa-burn"] * 30


async def test_too_many_at_once_are_told_to_come_back(servicer):
    searches = (servicer.Search(pb.SearchRequest(query="화상"), None) for _ in range(400))
    refused = [one for one in await asyncio.gather(*searches, return_exceptions=True) if isinstance(one, MeshError)]
    assert {one.reason.name for one in refused} == {"BUSY"}


async def test_the_index_describes_itself(servicer):
    answer = await servicer.GetIndex(pb.GetIndexRequest(), None)
    assert (answer.passages, answer.embedding_model, answer.last_problem) == (2, "lexical-jamo-1024-1", "")
    assert len(answer.index_version) == 16


async def test_an_index_that_is_up_to_date_is_left_alone(servicer):
    (report,) = await rebuilt(servicer)
    assert (report.stage, report.total) == ("unchanged", 2)


async def test_a_rebuild_takes_new_passages_in_and_swaps(servicer, keeper, store, folder):
    before = keeper.manifest.version
    written(folder, TYLENOL, TYLENOL | {"id": "dg-9", "title": "파스 붙이는 법", "questions": ["파스 어떻게 붙여요"]})
    async for _ in take_in(store, folder):
        pass
    reports = await rebuilt(servicer)
    assert [report.stage for report in reports][-1] == "swapped"
    assert {"analyse", "embed", "write"} <= {report.stage for report in reports}
    assert reports[0].index_version == before != reports[-1].index_version
    answer = await servicer.Search(pb.SearchRequest(query="파스 붙이는 법"), None)
    assert answer.passages[0].id == "dg-9"
    assert answer.index_version == reports[-1].index_version


async def test_a_search_is_answered_while_the_index_is_rebuilt(servicer):
    stages, found = [], []
    async for report in servicer.RebuildIndex(pb.RebuildIndexRequest(force=True), None):
        stages.append(report.stage)
        found.append((await servicer.Search(pb.SearchRequest(query="화상"), None)).passages[0].id)
    assert stages[-1] == "swapped"
    assert set(found) == {"fa-burn"}


async def test_a_damaged_index_gives_way_to_the_one_before(folder, store, servicer):
    await rebuilt(servicer, force=True)
    harm(folder / "index")
    again = Keeper(place(folder), store)
    await again.start()
    assert again.problem == "damaged:passages.jsonl"
    assert again.in_use().index.catalogue.passage(0).id == "dg-1"
    async for progress in again.rebuild():
        last = progress
    assert (last.stage, again.problem) in (("swapped", ""), ("unchanged", ""))
    await again.close()


async def test_a_damaged_only_index_is_built_anew(folder, store):
    harm(folder / "index")
    again = Keeper(place(folder), store)
    await again.start()
    assert again.manifest.passages == 2
    assert again.in_use().index.catalogue.passage(1).id == "fa-burn"


async def test_a_build_that_fails_leaves_the_old_index_in_use(folder, store):
    keeper = Keeper(place(folder), store)
    await keeper.start()
    broken = Keeper(replace(place(folder), database="sqlite+aiosqlite:////nowhere/at/all.sqlite3"), store)
    await broken.start()
    with pytest.raises(IndexBuildError):
        async for _ in broken.rebuild(force=True):
            pass
    assert broken.problem == "build_failed"
    assert broken.in_use().version == keeper.in_use().version


async def test_a_caller_who_leaves_ends_the_build(servicer, keeper, folder):
    before = (folder / "index" / "current").resolve()
    async with aclosing(servicer.RebuildIndex(pb.RebuildIndexRequest(force=True), None)) as reports:
        async for _ in reports:
            break
    assert (folder / "index" / "current").resolve() == before
    assert (await rebuilt(servicer))[-1].stage == "unchanged"


async def test_without_any_index_the_service_does_not_come_up(tmp_path, store):
    nowhere = Place(tmp_path / "none", (), "sqlite+aiosqlite:////nowhere/at/all.sqlite3")
    with pytest.raises(IndexBuildError):
        await Keeper(nowhere, store).start()


ELSEWHERE = "endpoint:some-model@vectors.example"


async def test_an_index_of_another_embedder_serves_until_the_right_one_is_built(folder, store, analyser):
    keeper = Keeper(replace(place(folder), embedder=ELSEWHERE), store, pauses=(1000.0,))
    await keeper.start()
    reader = Reader(keeper.in_use, analyser)
    servicer = KnowledgeServicer(reader, keeper)
    told = await servicer.GetIndex(pb.GetIndexRequest(), None)
    assert (told.embedding_model, told.dimensions, told.words_only) == (LEXICAL, 1024, False)
    assert told.building.embedding_model == ELSEWHERE
    answer = await servicer.Search(pb.SearchRequest(query="화상"), None)
    assert (answer.passages[0].id, answer.words_only) == ("fa-burn", False)
    await reader.close()
    await keeper.close()


async def test_a_build_without_its_model_fails_and_is_waited_with(folder, store):
    keeper = Keeper(replace(place(folder), embedder="sentence-transformers:/no/such/folder"), store)
    await keeper.start()
    with pytest.raises(IndexBuildError) as failed:
        async for _ in keeper.rebuild(force=True):
            pass
    assert (failed.value.reason, keeper.problem) == ("model_not_loaded", "build_failed:model_not_loaded")
    assert keeper.manifest.embedder == LEXICAL
    await keeper.close()


async def test_words_answer_for_an_index_whose_endpoint_is_not_named_any_more(folder, store, analyser):
    (folder / "index" / "current").unlink()
    (version,) = versions.versions(folder / "index")
    sealed = json.loads((version / "manifest.json").read_text())
    (version / "manifest.json").write_text(json.dumps(sealed | {"version": "old", "embedder": ELSEWHERE}))
    broken = replace(place(folder), database="sqlite+aiosqlite:////nowhere/at/all.sqlite3")
    keeper = Keeper(broken, store, pauses=(1000.0,))
    await keeper.start()
    reader = Reader(keeper.in_use, analyser)
    servicer = KnowledgeServicer(reader, keeper)
    answer = await servicer.Search(pb.SearchRequest(query="타이레놀 하루에 몇 알"), None)
    assert (answer.passages[0].id, answer.words_only) == ("dg-1", True)
    neighbours = await servicer.FindNeighbours(pb.FindNeighboursRequest(text="조선시대 왕"), None)
    assert not neighbours.neighbours
    told = await servicer.GetIndex(pb.GetIndexRequest(), None)
    assert (told.words_only, told.embedding_model, told.building.embedding_model) == (True, ELSEWHERE, LEXICAL)
    await reader.close()
    await keeper.close()


async def test_without_any_index_a_first_one_has_lexical_vectors(folder, store):
    shutil.rmtree(folder / "index")
    keeper = Keeper(replace(place(folder), embedder=ELSEWHERE), store, pauses=(1000.0,))
    await keeper.start()
    assert (keeper.manifest.embedder, keeper.manifest.passages) == (LEXICAL, 2)
    await keeper.close()
