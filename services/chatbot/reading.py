"""Queries of the orchestrator that only read. Rows are found by their owner: nobody else's ever come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from services.chatbot import rows
from services.chatbot.ownership import Place, may_touch
from services.chatbot.records import Line, Rating, Standing, Turn
from services.mesh.errors import MeshError
from services.storage import clock
from services.storage.cipher import Keyring
from services.storage.recent import RecentTurns
from services.storage.shards import ShardDirectory
from services.storage.tables.shard import consultation_history as history
from services.storage.tables.shard import conversation

EMERGENCY_STANDS = timedelta(hours=6)
RECENT_TURNS = 20


class StoredConversations:
    """Conversations as they are on their shards."""

    def __init__(self, directory: ShardDirectory, keyring: Keyring, recent: RecentTurns[Turn]) -> None:
        self.directory, self._keyring, self._recent = directory, keyring, recent

    async def standing(self, conversation_id: str, owner: str, shard_id: int) -> Standing:
        """What the conversation brings along; nothing for one that does not exist or belongs to somebody else."""
        place = Place(owner, shard_id)
        found = await self._one(shard_id, conversation_of(conversation_id, owner))
        if found is None:
            return Standing()
        turns = await self._recent.turns(owner, conversation_id)
        # Redis may have missed a turn while it was away: the shard tells which there are.
        if [turn.id for turn in turns] != await self._recent_ids(place, conversation_id):
            turns = list(reversed(await self.turns_of(place, conversation_id, RECENT_TURNS)))
        recently = found.emergency_at is not None and clock.now() - found.emergency_at < EMERGENCY_STANDS
        return Standing(tuple(turns), found.emergency_level if recently else 1, True)

    async def repeated(self, owner: str, shard_id: int, key: str) -> Turn | None:
        """The exchange that holds an idempotency key: one being answered or answered. A broken one has let it go."""
        wanted = select(history).where(history.c.user_id == owner, history.c.idempotency_key == key)
        turns = await self._turns(Place(owner, shard_id), wanted)
        return turns[0] if turns else None

    async def exchange(self, id: str, owner: str, shard_id: int = 0) -> Turn | None:
        """The exchange, when the caller may have it: a person (an account's id) their own, anybody an anonymous one.

        ``shard_id`` is where the person lives, when that is known. Raises UNAVAILABLE when the exchange is nowhere and
        a shard could not be asked.
        """
        away: MeshError | None = None
        for shard in await self._shards_of(owner, shard_id):
            try:
                found = await self._one(shard, select(history).where(history.c.id == id))
            except MeshError as refused:
                away = refused
                continue
            if found:
                return await self._opened(found, shard) if may_touch(found.user_id, owner) else None
        if away:
            raise away
        return None

    async def has(self, place: Place, conversation_id: str) -> bool:
        return await self._one(place.shard_id, conversation_of(conversation_id, place.owner)) is not None

    async def turns_of(self, place: Place, conversation_id: str, size: int, before: str = "") -> list[Turn]:
        """Exchanges older than ``before`` (an exchange id, or "" for the newest), newest first."""
        mine = (history.c.conversation_id == conversation_id, history.c.user_id == place.owner)
        return await self._turns(place, _newest(select(history).where(*mine), size, before))

    async def exchanges(self, place: Place, size: int, before: str = "") -> list[Turn]:
        """The owner's exchanges of all conversations, newest first."""
        return await self._turns(place, _newest(select(history).where(history.c.user_id == place.owner), size, before))

    async def lines(self, place: Place, size: int, after: tuple[datetime, str] | None = None) -> list[Line]:
        """The owner's conversations, the last used first, from the one after ``after`` (its time and id)."""
        wanted = select(conversation).where(conversation.c.owner == place.owner)
        if after:
            at, id = after
            earlier = or_(conversation.c.updated_at < at, conversation.c.id < id)
            wanted = wanted.where(conversation.c.updated_at <= at, earlier)
        wanted = wanted.order_by(conversation.c.updated_at.desc(), conversation.c.id.desc()).limit(size)
        return [rows.line(row) for row in await self._all(place.shard_id, wanted)]

    async def line(self, place: Place, conversation_id: str) -> Line | None:
        found = await self._one(place.shard_id, conversation_of(conversation_id, place.owner))
        return rows.line(found) if found else None

    async def first_questions(self, place: Place, conversation_ids: Sequence[str]) -> dict[str, str]:
        """The question each conversation began with."""
        first = (
            select(func.min(history.c.id))
            .where(history.c.conversation_id.in_(conversation_ids))
            .group_by(history.c.conversation_id)
        )
        ids = [row[0] for row in await self._all(place.shard_id, first)] if conversation_ids else []
        wanted = select(history).where(history.c.id.in_(ids), history.c.user_id == place.owner)
        return {turn.conversation_id: turn.question for turn in await self._turns(place, wanted)} if ids else {}

    async def ratings(self, shard_id: int, size: int, after: tuple[datetime, str]) -> list[Rating]:
        """One shard's ratings from the one after ``after`` (its time and exchange id), oldest first."""
        at, id = after
        wanted = select(history).where(history.c.rated_at >= at, or_(history.c.rated_at > at, history.c.id > id))
        found = await self._all(shard_id, wanted.order_by(history.c.rated_at, history.c.id).limit(size))
        return [rows.rating(await self._keyring.existing(row.user_id), row) for row in found]

    async def _recent_ids(self, place: Place, conversation_id: str) -> list[str]:
        """Ids of the last exchanges, oldest first."""
        wanted = select(history.c.id).where(history.c.conversation_id == conversation_id)
        return [row.id for row in reversed(await self._all(place.shard_id, _newest(wanted, RECENT_TURNS, "")))]

    # ---- parts -----------------------------------------------------------------------------------------------

    async def _one(self, shard_id: int, wanted: Select[Any]) -> Row[Any] | None:
        found = await self._all(shard_id, wanted)
        return found[0] if found else None

    async def _all(self, shard_id: int, wanted: Select[Any]) -> Sequence[Row[Any]]:
        """The rows; none on a shard that does not exist: an id may name any."""
        if shard_id not in await self.directory.ids():
            return []
        async with self.directory.reading(shard_id) as connection:
            return list((await connection.execute(wanted)).all())

    async def _turns(self, place: Place, wanted: Select[Any]) -> list[Turn]:
        found = await self._all(place.shard_id, wanted)
        cipher = await self._keyring.existing(place.owner) if found else None
        return [rows.turn(cipher, row, place.shard_id) for row in found] if cipher else []

    async def _opened(self, row: Row[Any], shard_id: int) -> Turn | None:
        cipher = await self._keyring.existing(row.user_id)
        return rows.turn(cipher, row, shard_id) if cipher else None

    async def _shards_of(self, owner: str, shard_id: int) -> list[int]:
        """The shards an exchange may be on that somebody holds the id of: the person's own first."""
        if owner and not shard_id:
            lives = await self.directory.mapping(owner)
            shard_id = lives.shard_id if lives else 0
        return sorted(await self.directory.ids(), key=lambda id: id != shard_id)


def conversation_of(id: str, owner: str) -> Select[Any]:
    return select(conversation).where(conversation.c.id == id, conversation.c.owner == owner)


def _newest(wanted: Select[Any], size: int, before: str) -> Select[Any]:
    if before:
        wanted = wanted.where(history.c.id < before)
    return wanted.order_by(history.c.id.desc()).limit(size)
