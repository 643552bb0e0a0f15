"""Every query about medicines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.drug.exports import Permit, Record
from services.drug.ingredients import Ingredient
from services.drug.names import key
from services.drug.rules import Rule
from services.drug.shelf import Listing
from services.specialist.sentences import sentences
from services.storage.tables.reference import (
    drug_information,
    drug_ingredient,
    drug_name,
    dur_rule,
    ingest_run,
    ingredient_name,
)
from services.storage.upsert import upsert

_INGREDIENT_KINDS = ("ingredient", "sole")
_OURS = "drug/"
# What the item numbers of the shipped sample and the ids of its rules begin with; real numbers begin with a year.
SAMPLE_ITEMS, SAMPLE_RULES = "990", "dur."

_LISTED = [drug_information.c[name] for name in Listing._fields if name != "summary"]
_RULE = [column for column in dur_rule.c if column.name != "effect_name"]
# The query of every check is built once: building it costs as much as running it.
_OF_ITEMS = select(*_RULE).where(
    dur_rule.c.item_seq.in_(bindparam("items", expanding=True)),
    dur_rule.c.partner_item_seq.in_(bindparam("partners", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a file was taken in."""

    digest: str
    position: int
    finished: bool
    kept: int
    refused: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to write together, by what makes them unique."""

    texts: dict[str, Record] = field(default_factory=dict)  # by item number
    permits: dict[str, Permit] = field(default_factory=dict)  # by item number
    rules: dict[str, Record] = field(default_factory=dict)  # by id
    ingredient_names: dict[str, str] = field(default_factory=dict)


class DrugStore:
    """Queries on the reference database's medicine tables."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # ---- reading -------------------------------------------------------------------------------------------------

    async def version(self) -> str:
        """Changes whenever an export has been taken in."""
        marks = select(ingest_run.c.digest).where(
            ingest_run.c.source.startswith(_OURS, autoescape=True), ingest_run.c.finished
        )
        async with self._engine.connect() as connection:
            return ",".join((await connection.scalars(marks.order_by(ingest_run.c.source))).all())

    async def listings(self) -> list[Listing]:
        """Every medicine as a list shows it."""
        async with self._engine.connect() as connection:
            rows = await connection.stream(select(*_LISTED, drug_information.c.efficacy))
            return [Listing._make((*row[:-1], summary_of(row[-1]))) async for row in rows]

    async def names(self) -> list[tuple[str, str, str]]:
        """Every key a medicine is found by: key, item number, kind."""
        query = select(drug_name.c.key, drug_name.c.item_seq, drug_name.c.kind)
        async with self._engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in (await connection.execute(query)).all()]

    async def ingredients_by_item(self) -> dict[str, list[str]]:
        """The base names of every product's ingredients, in their order."""
        query = select(drug_ingredient.c.item_seq, drug_ingredient.c.name).where(drug_ingredient.c.name != "")
        found: dict[str, list[str]] = {}
        async with self._engine.connect() as connection:
            for item, name in (await connection.execute(query.order_by(drug_ingredient.c.position))).all():
                found.setdefault(item, []).append(name)
        return found

    async def ingredient_names(self) -> dict[str, str]:
        """Every spelling of an ingredient, and its base name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(ingredient_name.c.key, ingredient_name.c.name))
            return {row.key: row.name for row in rows}

    async def sole_products(self, ingredients: Collection[str], most: int = 5) -> dict[str, list[str]]:
        """For each ingredient, products that contain nothing else and have texts; those without prescription first."""
        spelled = {key(ingredient): ingredient for ingredient in ingredients}
        query = (
            select(drug_name.c.key, drug_name.c.item_seq)
            .join(drug_information, drug_information.c.item_seq == drug_name.c.item_seq)
            .where(drug_name.c.key.in_(spelled), drug_name.c.kind == "sole")
            .where(drug_information.c.cancelled.is_(False), drug_information.c.source != "")
            .order_by(drug_information.c.prescription_status != "otc", drug_name.c.item_seq)
            .limit(most * max(1, len(spelled)) * 4)
        )
        found: dict[str, list[str]] = {}
        for row in await self._rows(query):
            found.setdefault(spelled[row["key"]], []).append(row["item_seq"])
        return {ingredient: items[:most] for ingredient, items in found.items()}

    async def containing(self, ingredient: str, most: int) -> list[dict[str, Any]]:
        """Products that contain an ingredient."""
        query = (
            select(drug_information)
            .join(drug_name, drug_name.c.item_seq == drug_information.c.item_seq)
            .where(drug_name.c.key == key(ingredient), drug_name.c.kind.in_(_INGREDIENT_KINDS))
            .where(drug_information.c.cancelled.is_(False))
            .order_by(drug_information.c.item_seq)
            .limit(most)
        )
        return await self._rows(query)

    async def records(self, items: Collection[str]) -> dict[str, dict[str, Any]]:
        """Whole rows of products by item number."""
        if not items:
            return {}
        query = select(drug_information).where(drug_information.c.item_seq.in_(items))
        async with self._engine.connect() as connection:
            return {row["item_seq"]: dict(row) for row in (await connection.execute(query)).mappings()}

    async def ingredients(self, item: str) -> list[Ingredient]:
        """A product's ingredients in their order."""
        query = select(drug_ingredient).where(drug_ingredient.c.item_seq == item).order_by(drug_ingredient.c.position)
        return [Ingredient(row["name"], row["label"], row["strength"]) for row in await self._rows(query)]

    async def ingredient_rules(self) -> list[Rule]:
        """Every DUR rule of ingredients alone."""
        return await self._rules(select(*_RULE).where(dur_rule.c.item_seq == ""))

    async def items_with_rules(self) -> list[str]:
        """The products that DUR rules of single products speak of."""
        query = select(dur_rule.c.item_seq).where(dur_rule.c.item_seq != "").distinct()
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def rules_of_items(self, items: Collection[str]) -> list[Rule]:
        """The DUR rules of a list's products: single rules and the pairs within the list. One query, or none."""
        if not items:
            return []
        return await self._rules(_OF_ITEMS, items=list(items), partners=["", *items])

    async def _rules(self, query: Any, **values: Any) -> list[Rule]:
        async with self._engine.connect() as connection:
            return [Rule(*row) for row in (await connection.execute(query, values)).all()]

    async def rules_as_of(self) -> str:
        """The newest date of the rules."""
        async with self._engine.connect() as connection:
            return str(await connection.scalar(select(func.max(dur_rule.c.as_of))) or "")

    async def rules_are_sample(self) -> bool:
        """True when rules come from the sample this service ships with."""
        return await self._any(select(dur_rule.c.id).where(dur_rule.c.id.startswith(SAMPLE_RULES)))

    async def holds_real_products(self) -> bool:
        """Whether any medicine comes from elsewhere than the shipped sample."""
        return await self._any(
            select(drug_information.c.item_seq).where(drug_information.c.item_seq.not_like(f"{SAMPLE_ITEMS}%"))
        )

    async def holds_real_rules(self) -> bool:
        """Whether any rule comes from elsewhere than the shipped sample."""
        return await self._any(select(dur_rule.c.id).where(dur_rule.c.id.not_like(f"{SAMPLE_RULES}%")))

    async def _any(self, query: Any) -> bool:
        async with self._engine.connect() as connection:
            return await connection.scalar(query.limit(1)) is not None

    async def _rows(self, query: Any, **values: Any) -> list[dict[str, Any]]:
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(query, values)).mappings()]

    # ---- taking in -----------------------------------------------------------------------------------------------

    async def run_state(self, source: str) -> RunState | None:
        """How far a file was taken in, or None when it never was."""
        query = select(ingest_run).where(ingest_run.c.source == source)
        rows = await self._rows(query)
        if not rows:
            return None
        row = rows[0]
        return RunState(row["digest"], row["position"], row["finished"], row["rows_kept"], row["rows_refused"])

    async def begin(self, source: str, digest: str, rule_prefix: str) -> None:
        """Starts a file anew; rules that an earlier version of it brought are forgotten."""
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(dur_rule).where(dur_rule.c.id.like(f"{_escaped(rule_prefix)}.%", escape="!"))
            )
            await self._record(connection, source, RunState(digest, 0, False, 0, 0))

    async def take_in(self, source: str, state: RunState, batch: Batch) -> None:
        """Writes a batch and how far the file is done, in one transaction."""
        async with self._engine.begin() as connection:
            await upsert(connection, drug_information, list(batch.texts.values()))
            await self._write_permits(connection, batch.permits)
            await upsert(connection, dur_rule, list(batch.rules.values()))
            names = [{"key": spelling, "name": name} for spelling, name in batch.ingredient_names.items()]
            await upsert(connection, ingredient_name, names)
            await self._record(connection, source, state)

    async def _write_permits(self, connection: AsyncConnection, permits: Mapping[str, Permit]) -> None:
        if not permits:
            return
        await upsert(connection, drug_information, [permit.drug for permit in permits.values()])
        for table in (drug_ingredient, drug_name):
            await connection.execute(delete(table).where(table.c.item_seq.in_(list(permits))))
        await upsert(connection, drug_ingredient, list(_ingredient_rows(permits)))
        await upsert(connection, drug_name, list(_name_rows(permits)))

    async def _record(self, connection: AsyncConnection, source: str, state: RunState) -> None:
        run = {"source": source, "digest": state.digest, "position": state.position, "finished": state.finished}
        await upsert(connection, ingest_run, [{**run, "rows_kept": state.kept, "rows_refused": state.refused}])


def summary_of(efficacy: str) -> str:
    """The first sentence of a medicine's efficacy."""
    return next(iter(sentences(efficacy)), "")


def listing_of(record: Mapping[str, Any]) -> Listing:
    """A whole row as a list shows it."""
    return Listing._make((*(record[column.name] for column in _LISTED), summary_of(record["efficacy"])))


def _ingredient_rows(permits: Mapping[str, Permit]) -> Iterable[Record]:
    for item, permit in permits.items():
        for position, found in enumerate(permit.ingredients):
            strength = found.strength
            yield {
                "item_seq": item,
                "position": position,
                "name": found.name,
                "label": found.label,
                "strength": strength,
            }


def _name_rows(permits: Mapping[str, Permit]) -> Iterable[Record]:
    for item, permit in permits.items():
        for spelling, kind in permit.names:
            yield {"key": spelling, "item_seq": item, "kind": kind}


def _escaped(text: str) -> str:
    """Text to stand for itself in LIKE with "!" as the escape."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
