"""Every query about medicines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.drug.exports import Permit, Record
from services.drug.ingredients import Ingredient
from services.drug.names import key
from services.drug.rules import Rule
from services.drug.search import Plan
from services.storage.tables.reference import (
    drug_information,
    drug_ingredient,
    drug_name,
    dur_rule,
    ingest_run,
    ingredient_name,
)
from services.storage.upsert import upsert

_BRAND_KINDS = ("brand", "alias")
_INGREDIENT_KINDS = ("ingredient", "sole")


# The queries of every check are built once: building them costs as much as running them.
_PRODUCT = (
    *(drug_information.c[name] for name in ("item_seq", "name", "form", "cancelled")),
    drug_ingredient.c.name.label("ingredient"),
    drug_ingredient.c.position,
)
_PRODUCTS = drug_information.outerjoin(drug_ingredient, drug_ingredient.c.item_seq == drug_information.c.item_seq)
_NAMED = (
    select(drug_name.c.key, drug_name.c.kind, *_PRODUCT)
    .select_from(_PRODUCTS.join(drug_name, drug_name.c.item_seq == drug_information.c.item_seq))
    .where(drug_name.c.key.in_(bindparam("keys", expanding=True)), drug_name.c.kind.in_((*_BRAND_KINDS, "product")))
)
_NUMBERED = (
    select(*_PRODUCT).select_from(_PRODUCTS).where(drug_information.c.item_seq.in_(bindparam("items", expanding=True)))
)
_OF_INGREDIENTS = and_(
    dur_rule.c.item_seq == "",
    dur_rule.c.ingredient.in_(bindparam("ingredients", expanding=True)),
    dur_rule.c.partner.in_(bindparam("partners", expanding=True)),
)
_OF_ITEMS = and_(
    dur_rule.c.item_seq.in_(bindparam("items", expanding=True)),
    dur_rule.c.partner_item_seq.in_(bindparam("partner_items", expanding=True)),
)
_RULES = select(*(column for column in dur_rule.c if column.name != "effect_name")).where(_OF_INGREDIENTS)
_RULES_WITH_ITEMS = select(*_RULES.selected_columns).where(or_(_OF_INGREDIENTS, _OF_ITEMS))


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product found by a key: how the key names it, and what a choice between products needs."""

    key: str
    kind: str
    item_seq: str
    name: str
    form: str
    cancelled: bool
    ingredients: tuple[str, ...] = ()


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

    async def brands(self) -> list[str]:
        """Every brand key."""
        query = select(drug_name.c.key).where(drug_name.c.kind.in_(_BRAND_KINDS)).distinct()
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def ingredient_names(self) -> dict[str, str]:
        """Every spelling of an ingredient, and its base name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(ingredient_name.c.key, ingredient_name.c.name))
            return {row.key: row.name for row in rows}

    async def products_named(self, keys: Collection[str], items: Collection[str] = ()) -> list[NamedProduct]:
        """The products of brand keys and of item numbers, each with its ingredients, in one query."""
        found = await self._rows(_NAMED, keys=list(keys)) if keys else []
        if items:
            rows = await self._rows(_NUMBERED, items=list(items))
            found += [{**row, "key": row["item_seq"], "kind": "item"} for row in rows]
        return _with_ingredients(found)

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

    async def rules(self, ingredients: Collection[str], items: Collection[str]) -> list[Rule]:
        """Every DUR rule about a list of medicines, in one query: single rules and the pairs within the list."""
        found = {"ingredients": list(ingredients), "partners": ["", *ingredients]}
        if items:
            rows = await self._rows(_RULES_WITH_ITEMS, **found, items=list(items), partner_items=["", *items])
        else:
            rows = await self._rows(_RULES, **found)
        return [Rule(**row) for row in rows]

    async def rules_as_of(self) -> str:
        """The newest date of the rules."""
        async with self._engine.connect() as connection:
            return str(await connection.scalar(select(func.max(dur_rule.c.as_of))) or "")

    async def rules_are_sample(self) -> bool:
        """True when the rules come from the sample this service ships with."""
        query = select(dur_rule.c.id).where(dur_rule.c.id.like("dur.%")).limit(1)
        async with self._engine.connect() as connection:
            return await connection.scalar(query) is not None

    async def search(self, plan: Plan, offset: int, limit: int) -> list[dict[str, Any]]:
        """Products a plan looks for, those of the lowest rank first, withdrawn ones last."""
        if not plan.ranked:
            found = await self.records([plan.item]) if plan.item else {}
            return list(found.values())[offset : offset + limit]
        rank = func.min(case(dict(plan.ranked), value=drug_name.c.key, else_=len(plan.ranked))).label("rank")
        best = (
            select(drug_name.c.item_seq, rank)
            .where(drug_name.c.key.in_([found for found, _ in plan.ranked]))
            .group_by(drug_name.c.item_seq)
            .subquery()
        )
        query = select(drug_information).join(best, best.c.item_seq == drug_information.c.item_seq)
        if plan.atc:
            fits = [drug_information.c.atc_code.like(f"{prefix}%") for prefix in plan.atc]
            query = query.where(or_(drug_information.c.atc_code == "", *fits))
        query = query.order_by(drug_information.c.cancelled, best.c.rank, drug_information.c.item_seq)
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(query.offset(offset).limit(limit))).mappings()]

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


def _with_ingredients(rows: Iterable[Mapping[str, Any]]) -> list[NamedProduct]:
    """One product per key and item from rows of one ingredient each, the ingredients in their order."""
    found: dict[tuple[str, str, str], NamedProduct] = {}
    listed: dict[tuple[str, str, str], list[str]] = {}
    for row in sorted(rows, key=lambda row: row["position"] or 0):
        at = (row["key"], row["kind"], row["item_seq"])
        found[at] = NamedProduct(*at, row["name"], row["form"], bool(row["cancelled"]))
        if row["ingredient"]:
            listed.setdefault(at, []).append(row["ingredient"])
    return [replace(product, ingredients=tuple(listed.get(at, ()))) for at, product in found.items()]


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
