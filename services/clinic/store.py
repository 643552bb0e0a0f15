"""Every query of this domain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Row, Text, delete, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.clinic.facility import PHARMACY, SAMPLE_MARK, Facility, Spot
from services.clinic.opening_hours import unpacked
from services.clinic.places import Sight
from services.storage.tables.reference import holiday, hospital_information, ingest_run
from services.storage.upsert import upsert

_h = hospital_information.c
# Read as text, so that the facilities that keep the same hours share one week.
_HOURS = type_coerce(_h.hours, Text).label("hours_text")
_DEPARTMENTS = type_coerce(_h.departments, Text).label("departments_text")
_SPOT = (
    _h.id,
    _h.latitude,
    _h.longitude,
    _h.cell,
    _h.kind,
    _h.kind_name,
    _DEPARTMENTS,
    _HOURS,
    _h.rating,
    _h.moonlight,
)
_CHUNK = 500


class Kept(Enum):
    """What is taken in as one, named as in ``ingest_run``."""

    HOSPITALS = "clinic/hospitals"
    PHARMACIES = "clinic/pharmacies"
    HOLIDAYS = "clinic/holidays"


class ClinicStore:
    """Facilities and holidays in the reference database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def version(self) -> str:
        """Changes whenever an export has been taken in."""
        marks = select(ingest_run.c.digest).where(
            ingest_run.c.source.in_([source.value for source in Kept]), ingest_run.c.finished
        )
        async with self._engine.connect() as connection:
            return ",".join((await connection.scalars(marks.order_by(ingest_run.c.source))).all())

    async def spots(self) -> list[Spot]:
        """Every facility, as a search needs it."""
        async with self._engine.connect() as connection:
            return [_spot(row) for row in await connection.execute(select(*_SPOT))]

    async def facilities(self, ids: Sequence[str]) -> list[Facility]:
        """Facilities in the order of ``ids``; unknown ids are left out."""
        if not ids:
            return []
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(hospital_information, _HOURS).where(_h.id.in_(ids)))
            found = {row.id: _facility(row) for row in rows}
        return [found[id] for id in ids if id in found]

    async def holidays(self) -> dict[date, str]:
        """Every known public holiday with its name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(holiday.c.date, holiday.c.name))
            return {row.date: row.name for row in rows}

    async def sights(self) -> list[Sight]:
        """What the facilities tell about where places are."""
        columns = (_h.region, _h.address, _h.facts, _h.latitude, _h.longitude)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(*columns))
            return [_sight(row) for row in rows]

    async def names(self) -> list[tuple[str, str]]:
        """Ids and names of the facilities people ask for by name: hospitals and public health centres."""
        by_name = or_(_h.kind == "hospital", _h.kind_name.like("보건%"), _h.moonlight)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(_h.id, _h.name).where(by_name).order_by(_h.id))
            return [(row.id, row.name) for row in rows]

    async def holds_real_data(self) -> bool:
        """Whether any facility comes from elsewhere than the shipped sample."""
        elsewhere = select(_h.id).where(_h.source.not_like(f"%{SAMPLE_MARK}")).limit(1)
        async with self._engine.connect() as connection:
            return await connection.scalar(elsewhere) is not None

    async def run(self, source: Kept) -> Row[Any] | None:
        """What is known of the last time a source was taken in."""
        async with self._engine.connect() as connection:
            found = await connection.execute(select(ingest_run).where(ingest_run.c.source == source.value))
            return found.one_or_none()

    async def keep(self, source: Kept, digest: str, rows: Sequence[dict[str, Any]], done: int, refused: int) -> None:
        """Writes a batch and how far the run is, together."""
        async with self._engine.begin() as connection:
            await upsert(connection, holiday if source is Kept.HOLIDAYS else hospital_information, rows)
            await _record(connection, source, digest, done, refused, finished=False)

    async def finish(self, source: Kept, digest: str, rows: Sequence[dict[str, Any]], refused: int) -> None:
        """Drops what the export no longer has, and marks the run as whole."""
        async with self._engine.begin() as connection:
            await _drop_others(connection, source, rows)
            await _record(connection, source, digest, len(rows), refused, finished=True)


async def _record(
    connection: AsyncConnection, source: Kept, digest: str, done: int, refused: int, finished: bool
) -> None:
    run = {"source": source.value, "digest": digest, "rows_kept": done, "rows_refused": refused, "position": done}
    await upsert(connection, ingest_run, [run | {"finished": finished}])


async def _drop_others(connection: AsyncConnection, source: Kept, rows: Sequence[dict[str, Any]]) -> None:
    if source is Kept.HOLIDAYS:
        await _drop(connection, holiday.c.date, {row["date"] for row in rows})
        return
    pharmacies = source is Kept.PHARMACIES
    of_source = _h.kind == PHARMACY if pharmacies else _h.kind != PHARMACY
    await _drop(connection, _h.id, {row["id"] for row in rows}, of_source)


async def _drop(connection: AsyncConnection, key: Any, kept: set[Any], *of_source: Any) -> None:
    known = (await connection.execute(select(key).where(*of_source))).scalars()
    gone = [value for value in known if value not in kept]
    for begin in range(0, len(gone), _CHUNK):
        await connection.execute(delete(key.table).where(key.in_(gone[begin : begin + _CHUNK])))


def _spot(row: Any) -> Spot:
    fields = {name: getattr(row, name) for name in Spot._fields if name not in ("week", "departments")}
    return Spot(**fields, departments=_offered(row.departments_text), week=unpacked(row.hours_text))


@lru_cache(maxsize=4096)
def _offered(text: str) -> frozenset[str]:
    return frozenset(orjson.loads(text))


def _sight(row: Any) -> Sight:
    facts = row.facts
    return Sight(
        row.region, row.address, facts.get("neighbourhood", ""), facts.get("station", ""), row.latitude, row.longitude
    )


def _facility(row: Any) -> Facility:
    columns = {name: getattr(row, name) for name in Facility.__slots__ if name not in ("week", "departments")}
    return Facility(**columns, week=unpacked(row.hours_text), departments=tuple(row.departments))
