"""The register against the tables: the same answers as a query gives, and new exports seen without a restart."""

from __future__ import annotations

import asyncio
import json
import pathlib
from collections.abc import AsyncIterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, or_, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from services.drug import register as register_module
from services.drug.ingest import DATA, WORDS, exports_in, take_exports_in
from services.drug.lay_words import LayWords, read_lay_words
from services.drug.register import Known, Register
from services.drug.search import Plan, plan
from services.drug.store import DrugStore
from services.storage.engine import open_engine
from services.storage.migrate import migrate
from services.storage.tables.reference import drug_information, drug_name, dur_rule

PAIR = {"TYPE_NAME": "병용금기", "INGR_KOR_NAME": "가나", "MIXTURE_INGR_KOR_NAME": "다라", "DUR_SEQ": "1"}


@cache
def names() -> list[str]:
    """What people might type: names and keys of the sample, class words."""
    rows = [row for path in exports_in(DATA) for row in json.loads(path.read_text("utf-8"))["body"]["items"]]
    written = {str(row[field]) for row in rows for field in ("itemName", "ITEM_NAME", "INGR_KOR_NAME") if field in row}
    numbers = {str(row["itemSeq"]) for row in rows if "itemSeq" in row}
    return sorted({*written, *numbers, *read_lay_words(DATA / WORDS).classes})


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, Known]:
    """A database with the shipped sample, and what a register knows of it."""
    path = tmp_path_factory.mktemp("register") / "reference.sqlite3"

    async def stock() -> Known:
        url = make_url(f"sqlite+aiosqlite:///{path}")
        await migrate("reference", url)
        engine, words = open_engine(url), read_lay_words(DATA / WORDS)
        async for _ in take_exports_in(DrugStore(engine), exports_in(DATA), words):
            pass
        register = Register(DrugStore(engine), words)
        await register.renew()
        await engine.dispose()
        return register.known

    return path, asyncio.run(stock())


def searched(path: pathlib.Path, wanted: Plan) -> list[str]:
    """The item numbers that the tables give for a plan, in the order of lists."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        if not wanted.ranked:
            query = select(drug_information.c.item_seq).where(drug_information.c.item_seq == wanted.item)
            return list(connection.scalars(query))
        ranks = dict(wanted.ranked)
        query = select(drug_information, drug_name.c.key).join(
            drug_name, drug_name.c.item_seq == drug_information.c.item_seq
        )
        if wanted.atc:
            fits = [drug_information.c.atc_code.like(f"{prefix}%") for prefix in wanted.atc]
            query = query.where(or_(drug_information.c.atc_code == "", *fits))
        best: dict[str, tuple[bool, int, str]] = {}
        for row in connection.execute(query.where(drug_name.c.key.in_(ranks))):
            place = (row.cancelled, ranks[row.key], row.item_seq)
            best[row.item_seq] = min(place, best.get(row.item_seq, place))
    engine.dispose()
    return sorted(best, key=best.__getitem__)


typed = st.one_of(
    st.sampled_from(names()),
    st.builds(lambda name, length: name[:length], st.sampled_from(names()), st.integers(1, 6)),
    st.text(max_size=8),
)


@given(query=typed, offset=st.integers(0, 30), limit=st.integers(1, 101))
@settings(max_examples=150, deadline=None)
def test_the_register_finds_what_the_tables_hold(
    stocked: tuple[pathlib.Path, Known], query: str, offset: int, limit: int
) -> None:
    path, known = stocked
    wanted = plan(query, known.resolver)
    found = [one.item_seq for one in known.shelf.search(wanted, offset, limit)]
    assert found == searched(path, wanted)[offset : offset + limit]


@given(ingredients=st.lists(st.sampled_from(names()), max_size=12), more=st.integers(0, 50))
@settings(max_examples=50, deadline=None)
def test_the_rulebook_knows_the_rules_of_the_tables(
    stocked: tuple[pathlib.Path, Known], ingredients: list[str], more: int
) -> None:
    path, known = stocked
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        listed = sorted(set(connection.scalars(select(dur_rule.c.ingredient))))
        asked = {*ingredients, *listed[more : more + 20]}
        within = select(dur_rule.c.id).where(dur_rule.c.ingredient.in_(asked), dur_rule.c.partner.in_({"", *asked}))
        expected = sorted(connection.scalars(within))
    engine.dispose()
    assert sorted(rule.id for rule in known.rulebook.about(asked)) == expected
    assert expected


@pytest.fixture
async def store(tmp_path: pathlib.Path) -> AsyncIterator[DrugStore]:
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/reference.sqlite3")
    await migrate("reference", url)
    engine = open_engine(url)
    yield DrugStore(engine)
    await engine.dispose()


async def taken_in(store: DrugStore, folder: pathlib.Path, name: str, *rows: dict[str, str]) -> None:
    path = folder / name
    path.write_text(json.dumps({"header": {"resultCode": "00"}, "body": {"items": rows}}), "utf-8")
    async for _ in take_exports_in(store, [path], LayWords()):
        pass


async def test_new_exports_are_seen_without_a_restart(store: DrugStore, tmp_path: pathlib.Path) -> None:
    register = Register(store, LayWords())
    with pytest.raises(RuntimeError):
        _ = register.known
    await register.renew()
    empty = register.known
    await register.renew()
    assert register.known is empty
    permit = {"ITEM_SEQ": "200000001", "ITEM_NAME": "새이름정", "MAIN_ITEM_INGR": "[S1]가나"}
    await taken_in(store, tmp_path, "permit.json", permit)
    await taken_in(store, tmp_path, "rules.json", PAIR, PAIR | {"DUR_SEQ": "2", "ITEM_SEQ": "200000001"})
    await register.renew()
    known = register.known
    assert [one.name for one in known.shelf.search(plan("새이름", known.resolver), 0, 5)] == ["새이름정"]
    assert [product.ingredients for product in known.shelf.named(["새이름"])] == [("가나",)]
    assert {rule.partner for rule in known.rulebook.about(["가나", "다라"])} == {"다라"}
    assert known.rulebook.with_own_rules(["200000001", "200000002"]) == ["200000001"]


async def test_a_database_that_is_away_leaves_what_is_known(store: DrugStore, monkeypatch: pytest.MonkeyPatch) -> None:
    register = Register(store, LayWords())
    await register.renew()
    known, asked = register.known, asyncio.Event()
    looks = 0

    async def away() -> str:
        nonlocal looks
        looks += 1
        if looks > 1:
            asked.set()
        raise OperationalError("", None, OSError())

    monkeypatch.setattr(register_module, "LOOK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(store, "version", away)
    watching = asyncio.create_task(register.watch())
    await asyncio.wait_for(asked.wait(), 10)
    assert not watching.done()
    assert register.known is known
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
