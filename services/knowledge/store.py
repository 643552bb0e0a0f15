"""Every query of the knowledge domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, delete, insert, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.knowledge.passages import Passage
from services.storage.tables.reference import ingest_run, knowledge_passage

_CHUNK = 500
_OURS, _SAMPLE = "knowledge/", "knowledge/sample/"


@dataclass(frozen=True, slots=True)
class Collection:
    """The passages of one file: a group of a domain, of the shipped sample or of a deployment's own."""

    domain: str
    group: str
    sample: bool = False

    @property
    def source(self) -> str:
        """Its name among the ingested exports."""
        return f"{_SAMPLE if self.sample else _OURS}{self.domain}/{self.group}.jsonl"


class Store:
    """Passages in the reference database, and which exports they came from."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def digests(self) -> dict[str, str]:
        """Every export that has been taken in whole, with its SHA-256."""
        query = select(ingest_run.c.source, ingest_run.c.digest).where(
            ingest_run.c.source.startswith(_OURS, autoescape=True), ingest_run.c.finished
        )
        async with self._engine.connect() as connection:
            return {row.source: row.digest for row in await connection.execute(query.order_by(ingest_run.c.source))}

    async def holds_real_data(self) -> bool:
        """Whether anything but the shipped sample has been taken in."""
        return any(not source.startswith(_SAMPLE) for source in await self.digests())

    async def drop_sample(self) -> None:
        """Removes the shipped sample."""
        samples = [source for source in await self.digests() if source.startswith(_SAMPLE)]
        async with self._engine.begin() as connection:
            for source in samples:
                domain, _, file = source.removeprefix(_SAMPLE).partition("/")
                collection = Collection(domain, file.removesuffix(".jsonl"))
                await connection.execute(delete(knowledge_passage).where(_within(collection)))
                await connection.execute(delete(ingest_run).where(ingest_run.c.source == source))

    async def ids_outside(self, collection: Collection) -> set[str]:
        """The ids that other collections hold."""
        query = select(knowledge_passage.c.id).where(not_(_within(collection)))
        async with self._engine.connect() as connection:
            return set(await connection.scalars(query))

    async def replace(self, collection: Collection, passages: Sequence[Passage], digest: str, refused: int) -> None:
        """Puts ``passages`` in place of the collection's former ones, and notes the export, all or nothing."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(knowledge_passage).where(_within(collection)))
            for begin in range(0, len(passages), _CHUNK):
                rows = [_row(passage) for passage in passages[begin : begin + _CHUNK]]
                await connection.execute(insert(knowledge_passage), rows)
            await _note(connection, collection.source, digest, len(passages), refused)

    async def passages(self) -> list[Passage]:
        """Every passage, by domain, group and id."""
        columns = knowledge_passage.c
        query = select(knowledge_passage).order_by(columns.domain, columns.group_name, columns.id)
        async with self._engine.connect() as connection:
            return [_passage(row) for row in await connection.execute(query)]


def _within(collection: Collection) -> Any:
    columns = knowledge_passage.c
    return and_(columns.domain == collection.domain, columns.group_name == collection.group)


async def _note(connection: AsyncConnection, source: str, digest: str, kept: int, refused: int) -> None:
    await connection.execute(delete(ingest_run).where(ingest_run.c.source == source))
    run = {"source": source, "digest": digest, "rows_kept": kept, "rows_refused": refused, "position": kept + refused}
    await connection.execute(insert(ingest_run), {**run, "finished": True})


def _row(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "domain": passage.domain,
        "group_name": passage.group,
        "title": passage.title,
        "text": passage.text,
        "questions": list(passage.questions),
        "keywords": list(passage.keywords),
        "source": passage.source,
        "as_of": passage.as_of,
        "reviewed_by": passage.reviewed_by,
    }


def _passage(row: Row[Any]) -> Passage:
    return Passage(
        row.id,
        row.domain,
        row.group_name,
        row.title,
        row.text,
        tuple(row.questions),
        tuple(row.keywords),
        row.source,
        row.as_of,
        row.reviewed_by,
    )
