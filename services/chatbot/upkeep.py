"""Queries of the sweep and of erasure: what is left open, what has expired, everything of one person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, insert, or_, select, update

from services.chatbot import rows
from services.chatbot.announced import broken_off
from services.chatbot.copies import names
from services.chatbot.question import is_anonymous
from services.chatbot.records import OPEN, PARTIAL
from services.chatbot.store import ANSWERED_WITHIN, remove, remove_exchanges
from services.storage import clock
from services.storage.shards import ShardDirectory
from services.storage.tables.shard import consultation_history as history
from services.storage.tables.shard import conversation, outbox

BATCH = 200
# Erasure goes on when the person's own row is gone already.
NOBODY = ""


class Upkeep:
    """``retention``: how long people's conversations are kept after they were last used; None: until erased."""

    def __init__(self, directory: ShardDirectory, retention: timedelta | None = None) -> None:
        self._directory, self._retention = directory, retention

    # ---- what a dead process left open -----------------------------------------------------------------------

    async def left_open(self, shard_id: int) -> list[Row[Any]]:
        """Exchanges whose process must be gone, the oldest first."""
        wanted = select(history.c.id, history.c.conversation_id, history.c.user_id)
        wanted = wanted.where(history.c.state == OPEN, history.c.created_at < clock.now() - ANSWERED_WITHIN)
        return await self._all(shard_id, wanted.order_by(history.c.created_at).limit(BATCH))

    async def break_off(self, shard_id: int, left: Row[Any]) -> bool:
        """Marks an exchange as partial, says so in an event, and lets its idempotency key go."""
        marking = update(history).where(history.c.id == left.id, history.c.state == OPEN)
        async with self._directory.writing(shard_id, left.user_id, shared=True) as connection:
            marked = await connection.execute(marking.values(state=PARTIAL, idempotency_key=None))
            if marked.rowcount:
                event = broken_off(left.id, left.conversation_id)
                await connection.execute(insert(outbox), rows.event_rows([event]))
        return bool(marked.rowcount)

    # ---- what has expired ------------------------------------------------------------------------------------

    async def expired(self, shard_id: int) -> list[Row[Any]]:
        """Conversations whose time is over by what was decided when they were last used."""
        wanted = select(conversation).where(conversation.c.expires_at < clock.now())
        return await self._all(shard_id, wanted.order_by(conversation.c.expires_at).limit(BATCH))

    async def undated(self, shard_id: int) -> list[Row[Any]]:
        """Conversations that do not know yet how long people's are kept now."""
        if self._retention is None:
            return []
        too_late = conversation.c.expires_at > clock.now() + self._retention
        wanted = select(conversation).where(or_(conversation.c.expires_at.is_(None), too_late))
        return [row for row in await self._all(shard_id, wanted.limit(BATCH)) if not is_anonymous(row.owner)]

    async def date(self, shard_id: int, found: Row[Any]) -> None:
        """Writes down how long a person's conversation is kept now."""
        expires_at = rows.expiry(found.owner, found.updated_at, self._retention)
        async with self._directory.writing(shard_id, found.owner, shared=True) as connection:
            await connection.execute(
                update(conversation).where(conversation.c.id == found.id).values(expires_at=expires_at)
            )

    def over(self, found: Row[Any]) -> bool:
        """Whether an expired conversation's time is over by what is decided now."""
        expires_at = rows.expiry(found.owner, found.updated_at, self._retention)
        return expires_at is not None and expires_at < clock.now()

    async def remove(self, shard_id: int, found: Row[Any]) -> list[str]:
        """Removes a conversation; returns the ids of its exchanges."""
        async with self._directory.writing(shard_id, found.owner, shared=True) as connection:
            return await remove(connection, found.id)

    # ---- everything of one person ----------------------------------------------------------------------------

    async def everything(self, shard_id: int, owner: str) -> tuple[list[str], list[str]]:
        """Ids of an owner's conversations and exchanges."""
        conversations = select(conversation.c.id).where(conversation.c.owner == owner)
        exchanges = select(history.c.id).where(history.c.user_id == owner)
        return (
            [row.id for row in await self._all(shard_id, conversations)],
            [row.id for row in await self._all(shard_id, exchanges)],
        )

    async def remove_events(self, shard_id: int, exchange_ids: set[str]) -> None:
        """Removes events about exchanges that have not gone to the stream yet."""
        async for batch in self._events(shard_id):
            gone = [row.id for row in batch if names(row.event) & exchange_ids]
            if gone:
                async with self._directory.writing(shard_id, NOBODY) as connection:
                    await connection.execute(delete(outbox).where(outbox.c.id.in_(gone)))

    async def remove_all(self, shard_id: int, owner: str) -> int:
        """Removes an owner's rows in batches; returns how many exchanges there were."""
        removed = 0
        wanted = select(history.c.id).where(history.c.user_id == owner).limit(BATCH)
        while True:
            async with self._directory.writing(shard_id, NOBODY) as connection:
                ids = [row.id for row in (await connection.execute(wanted)).all()]
                if not ids:
                    await connection.execute(delete(conversation).where(conversation.c.owner == owner))
                    return removed
                await remove_exchanges(connection, ids)
            removed += len(ids)

    async def _events(self, shard_id: int) -> AsyncIterator[list[Row[Any]]]:
        after = ""
        while True:
            wanted = select(outbox.c.id, outbox.c.event).where(outbox.c.id > after).order_by(outbox.c.id).limit(1000)
            batch = await self._all(shard_id, wanted)
            if not batch:
                return
            yield batch
            after = batch[-1].id

    async def _all(self, shard_id: int, wanted: Select[Any]) -> list[Row[Any]]:
        async with self._directory.reading(shard_id) as connection:
            return list((await connection.execute(wanted)).all())
