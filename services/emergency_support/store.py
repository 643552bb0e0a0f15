"""Every query of this domain."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.emergency_support.rooms import Room
from services.storage.geo import cells_around
from services.storage.tables.reference import emergency_room, ingest_run
from services.storage.upsert import upsert

_r = emergency_room.c
_COLUMNS = [_r[name] for name in Room.__slots__]


class Source(Enum):
    """What is taken in, named as in ``ingest_run``; the sample keeps its own marks."""

    ROOMS = "emergency_support/rooms"
    BEDS = "emergency_support/beds"
    SAMPLE_ROOMS = "emergency_support/sample_rooms"
    SAMPLE_BEDS = "emergency_support/sample_beds"


class RoomStore:
    """Emergency rooms in the reference database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def around(self, latitude: float, longitude: float, radius_km: float) -> list[Room]:
        """The rooms in the cells around a point: all within the radius, and some beyond."""
        spans = cells_around(latitude, longitude, radius_km)
        inside = or_(*(_r.cell.between(first, last) for _, first, last in spans))
        return await self._rooms(select(*_COLUMNS).where(inside))

    async def all(self) -> list[Room]:
        """Every room, by its id."""
        return await self._rooms(select(*_COLUMNS).order_by(_r.hpid))

    async def as_of(self) -> str:
        """The newest date the rooms' data stands for, ISO 8601; "" without any."""
        async with self._engine.connect() as connection:
            return str(await connection.scalar(select(func.max(_r.as_of))) or "")

    async def hpids(self) -> set[str]:
        """The ids of every room."""
        async with self._engine.connect() as connection:
            return set(await connection.scalars(select(_r.hpid)))

    async def run(self, source: Source) -> Row[Any] | None:
        """What is known of the last time a source was taken in."""
        async with self._engine.connect() as connection:
            found = await connection.execute(select(ingest_run).where(ingest_run.c.source == source.value))
            return found.one_or_none()

    async def holds_real_data(self) -> bool:
        """Whether the rooms come from an export of the operator's, not from the shipped sample."""
        return await self.run(Source.ROOMS) is not None

    async def keep_rooms(self, source: Source, digest: str, rows: Sequence[dict[str, Any]], refused: int) -> None:
        """Replaces the rooms by ``rows``; a room that stays keeps its beds. All or nothing."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(emergency_room).where(_r.hpid.not_in([row["hpid"] for row in rows])))
            await upsert(connection, emergency_room, rows)
            await _record(connection, source, digest, len(rows), refused)

    async def keep_beds(self, source: Source, digest: str, rows: Sequence[dict[str, Any]], refused: int) -> None:
        """Writes the bed numbers of rooms that are known. All or nothing."""
        async with self._engine.begin() as connection:
            for row in rows:
                values = {"beds": row["beds"], "beds_at": row["beds_at"]}
                await connection.execute(update(emergency_room).where(_r.hpid == row["hpid"]).values(values))
            await _record(connection, source, digest, len(rows), refused)

    async def _rooms(self, query: Any) -> list[Room]:
        async with self._engine.connect() as connection:
            return [Room(*row) for row in await connection.execute(query)]


async def _record(connection: AsyncConnection, source: Source, digest: str, kept: int, refused: int) -> None:
    run = {
        "source": source.value, "digest": digest, "rows_kept": kept, "rows_refused": refused, "position": kept,
        "finished": True,
    }  # fmt: skip
    await upsert(connection, ingest_run, [run])
