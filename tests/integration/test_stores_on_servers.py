"""The domains' stores on MariaDB: the same exports give the same rows, and every query the same answer as on SQLite."""

from __future__ import annotations

import asyncio
import inspect
import json
import pathlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from services.clinic import ingest as clinic
from services.clinic.store import ClinicStore, Kept
from services.drug import ingest as drug
from services.drug.lay_words import LayWords, read_lay_words
from services.drug.register import Register
from services.drug.search import plan
from services.drug.store import DrugStore
from services.emergency_support import ingest as emergency
from services.emergency_support.store import RoomStore, Source
from services.knowledge import ingest as knowledge
from services.knowledge.store import Collection
from services.knowledge.store import Store as PassageStore
from services.storage.engine import open_engine
from services.storage.migrate import migrate
from services.storage.tables import reference
from services.storage.upsert import upsert
from tests.support.servers import MariaDb

pytestmark = pytest.mark.xdist_group("stores_on_servers")

CITY_HALL = (37.5663, 126.9779)
ITEMS = ["990000001", "990000008", "990000003"]
# Letters that servers take for one another, or refuse, unless they are told not to.
AWKWARD = ("Ａ정", "A정", "a정", "á정", "가", "각", "ㄱㅏ", "ß", "ss", "💊", "𠮷", "a%b_c\\d'e\"", "é", "e\u0301")

Ask = Callable[[AsyncEngine], Awaitable[object]]
Both = tuple[URL, URL]


async def _take_everything_in(url: URL) -> None:
    await migrate("reference", url)
    async with opened(url) as engine:
        words = read_lay_words(drug.DATA / drug.WORDS)
        for reading in (
            drug.take_exports_in(DrugStore(engine), drug.exports_in(drug.DATA), words),
            clinic.take_exports_in(ClinicStore(engine)),
            emergency.take_exports_in(RoomStore(engine)),
            knowledge.take_in(PassageStore(engine)),
        ):
            async for _ in reading:
                pass


@asynccontextmanager
async def opened(url: URL) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def stocked(mariadb: MariaDb, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """The shipped sample in a SQLite file and in a MariaDB database."""
    both = file_in(tmp_path_factory.mktemp("stores")), mariadb.create("stores")
    for url in both:
        asyncio.run(_take_everything_in(url))
    return both


@pytest.fixture
async def empty(mariadb_url: Callable[[str], URL], tmp_path: pathlib.Path) -> Both:
    """Both kinds of reference database, with nothing in them."""
    both = file_in(tmp_path), mariadb_url("empty")
    for url in both:
        await migrate("reference", url)
    return both


def file_in(folder: pathlib.Path) -> URL:
    return make_url(f"sqlite+aiosqlite:///{folder}/reference.sqlite3")


async def answers(both: Both, ask: Ask) -> list[object]:
    """What SQLite and MariaDB answer."""
    found = []
    for url in both:
        async with opened(url) as engine:
            found.append(await ask(engine))
    return found


# ---- rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", reference.metadata.sorted_tables, ids=lambda table: table.name)
async def test_the_sample_is_held_to_the_last_digit(stocked: Both, table) -> None:
    async def rows(engine: AsyncEngine) -> object:
        async with engine.connect() as connection:
            return sorted(map(repr, await connection.execute(select(table))))

    on_file, on_server = await answers(stocked, rows)
    assert on_server == on_file
    assert on_server


async def test_taking_in_again_changes_nothing(stocked: Both) -> None:
    async def marks(engine: AsyncEngine) -> object:
        async with engine.connect() as connection:
            return sorted(map(repr, await connection.execute(select(reference.ingest_run))))

    _, server = stocked
    async with opened(server) as engine:
        before = await marks(engine)
    await _take_everything_in(server)
    async with opened(server) as engine:
        assert await marks(engine) == before


# ---- queries ---------------------------------------------------------------------------------------------------------

DRUGS: dict[str, Callable[[DrugStore], Awaitable[object]]] = {
    "version": lambda store: store.version(),
    "listings": lambda store: store.listings(),
    "names": lambda store: store.names(),
    "ingredients_by_item": lambda store: store.ingredients_by_item(),
    "ingredient_names": lambda store: store.ingredient_names(),
    "sole_products": lambda store: store.sole_products(["아세트아미노펜", "이부프로펜"]),
    "containing": lambda store: store.containing("아세트아미노펜", 20),
    "records": lambda store: store.records(ITEMS),
    "ingredients": lambda store: store.ingredients(ITEMS[1]),
    "ingredient_rules": lambda store: store.ingredient_rules(),
    "items_with_rules": lambda store: store.items_with_rules(),
    "rules_of_items": lambda store: store.rules_of_items(ITEMS),
    "rules_as_of": lambda store: store.rules_as_of(),
    "rules_are_sample": lambda store: store.rules_are_sample(),
    "holds_real_products": lambda store: store.holds_real_products(),
    "holds_real_rules": lambda store: store.holds_real_rules(),
    "run_state": lambda store: store.run_state("drug/dur.json"),
}
CLINICS: dict[str, Callable[[ClinicStore], Awaitable[object]]] = {
    "version": lambda store: store.version(),
    "spots": lambda store: store.spots(),
    "facilities": lambda store: _every_facility(store),
    "holidays": lambda store: store.holidays(),
    "sights": lambda store: store.sights(),
    "names": lambda store: store.names(),
    "holds_real_data": lambda store: store.holds_real_data(),
    "run": lambda store: store.run(Kept.HOSPITALS),
}
ROOMS: dict[str, Callable[[RoomStore], Awaitable[object]]] = {
    "around": lambda store: store.around(*CITY_HALL, 10),
    "all": lambda store: store.all(),
    "as_of": lambda store: store.as_of(),
    "hpids": lambda store: store.hpids(),
    "run": lambda store: store.run(Source.SAMPLE_ROOMS),
    "holds_real_data": lambda store: store.holds_real_data(),
}
PASSAGES: dict[str, Callable[[PassageStore], Awaitable[object]]] = {
    "digests": lambda store: store.digests(),
    "holds_real_data": lambda store: store.holds_real_data(),
    "ids_outside": lambda store: store.ids_outside(Collection("drug", "otc", True)),
    "passages": lambda store: store.passages(),
}
QUERIES = [
    (kind, name, ask)
    for kind, asked in ((DrugStore, DRUGS), (ClinicStore, CLINICS), (RoomStore, ROOMS), (PassageStore, PASSAGES))
    for name, ask in asked.items()
]
WRITING = {"begin", "take_in", "keep", "finish", "keep_rooms", "keep_beds", "drop_sample", "replace"}


async def _every_facility(store: ClinicStore) -> object:
    return await store.facilities(sorted(spot.id for spot in await store.spots()))


@pytest.mark.parametrize(
    ("kind", "ask"),
    [(kind, ask) for kind, _, ask in QUERIES],
    ids=[f"{kind.__module__}-{name}" for kind, name, _ in QUERIES],
)
async def test_every_query_answers_the_same(stocked: Both, kind, ask) -> None:
    on_file, on_server = await answers(stocked, lambda engine: ask(kind(engine)))
    assert in_any_order(on_server) == in_any_order(on_file)


def in_any_order(answer: object) -> object:
    """Lists that no query orders, comparable."""
    return sorted(map(repr, answer)) if isinstance(answer, list | set) else answer


@pytest.mark.parametrize("kind", [DrugStore, ClinicStore, RoomStore, PassageStore], ids=lambda kind: kind.__module__)
def test_no_query_is_forgotten(kind) -> None:
    public = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
    assert public - WRITING == {name for of, name, _ in QUERIES if of is kind}


@pytest.mark.parametrize("query", ["listings", "passages", "rooms"])
async def test_ordered_answers_come_in_the_same_order(stocked: Both, query: str) -> None:
    async def ask(engine: AsyncEngine) -> object:
        if query == "rooms":
            return await RoomStore(engine).all()
        if query == "passages":
            return await PassageStore(engine).passages()
        register = Register(DrugStore(engine), read_lay_words(drug.DATA / drug.WORDS))
        await register.renew()
        known = register.known
        return [known.shelf.search(plan(word, known.resolver), 0, 50) for word in ("타이레놀", "진통제", "감기약")]

    on_file, on_server = await answers(stocked, ask)
    assert on_server == on_file


# ---- writing ---------------------------------------------------------------------------------------------------------


async def test_names_that_look_alike_stay_apart(empty: Both) -> None:
    async def ask(engine: AsyncEngine) -> object:
        rows = [{"key": letters, "name": f"{letters} 💊"} for letters in AWKWARD]
        async with engine.begin() as connection:
            await upsert(connection, reference.ingredient_name, rows)
            await upsert(connection, reference.ingredient_name, rows[:1])
        return await DrugStore(engine).ingredient_names()

    on_file, on_server = await answers(empty, ask)
    assert on_server == on_file == {letters: f"{letters} 💊" for letters in AWKWARD}


async def test_a_leaflet_longer_than_64_kilobytes_is_held_whole(empty: Both) -> None:
    async def ask(engine: AsyncEngine) -> object:
        row = {"item_seq": "200000001", "name": "긴정", "company": "", "precautions": "주의" * 40000}
        async with engine.begin() as connection:
            await upsert(connection, reference.drug_information, [row])
        return (await DrugStore(engine).records(["200000001"]))["200000001"]["precautions"]

    on_file, on_server = await answers(empty, ask)
    assert on_server == on_file == "주의" * 40000


async def test_rules_of_a_changed_export_give_way(empty: Both, tmp_path: pathlib.Path) -> None:
    def written(*ingredients: str) -> pathlib.Path:
        path = tmp_path / "dur_100%_a.json"
        rows = [
            {"TYPE_NAME": "병용금기", "INGR_KOR_NAME": name, "MIXTURE_INGR_KOR_NAME": "다라", "DUR_SEQ": str(number)}
            for number, name in enumerate(ingredients)
        ]
        path.write_text(json.dumps({"header": {"resultCode": "00"}, "body": {"items": rows}}), "utf-8")
        return path

    async def ask(engine: AsyncEngine) -> object:
        store = DrugStore(engine)
        for path in (written("가나", "마바"), written("사아")):
            async for _ in drug.take_exports_in(store, [path], LayWords()):
                pass
        return [(rule.ingredient, rule.partner) for rule in await store.ingredient_rules()]

    on_file, on_server = await answers(empty, ask)
    assert on_server == on_file
    assert len(on_server) == 1


async def test_an_empty_list_of_rooms_empties_the_table(empty: Both) -> None:
    room = {"hpid": "A1", "name": "가", "latitude": 37.123456789, "longitude": 127.987654321, "cell": 1}

    async def ask(engine: AsyncEngine) -> object:
        store = RoomStore(engine)
        await store.keep_rooms(Source.ROOMS, "1", [room], 0)
        held = [(one.latitude, one.longitude) for one in await store.all()]
        await store.keep_rooms(Source.ROOMS, "2", [], 0)
        return held, await store.all()

    on_file, on_server = await answers(empty, ask)
    assert on_server == on_file == ([(37.123456789, 127.987654321)], [])


async def test_the_sample_of_passages_gives_way(mariadb_url: Callable[[str], URL]) -> None:
    url = mariadb_url("passages")
    await migrate("reference", url)
    async with opened(url) as engine:
        store = PassageStore(engine)
        async for _ in knowledge.take_in(store):
            pass
        held = await store.passages()
        await store.drop_sample()
        assert held
        assert await store.passages() == []
