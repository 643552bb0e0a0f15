"""Every query of moves: who moves whom, and a person's rows on the shards they are moved between.

Whoever moves a person holds their mapping ("moving"): its ``updated_at`` is what the holder wrote last, and whoever
finds another moment there has lost it. Every transaction on a shard ends by writing it anew, so that a process that was
stopped for a while and goes on can neither overwrite nor delete what another has finished in its place.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Row, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from medichain.events.v1 import events_pb2
from services.mesh.errors import MeshError, NotFound
from services.storage.clock import now
from services.storage.shards import ShardDirectory
from services.storage.tables.directory import shard_info, user_shard_mapping
from services.storage.tables.shard import (
    consent,
    consultation_history,
    conversation,
    evidence,
    known_place,
    outbox,
    search_log,
    session,
    users,
)
from services.storage.upsert import upsert

# A holder that has written nothing for this long is gone: no transaction of it takes half of that.
HELD_SECONDS = 20.0
BATCH, EVENTS, RESUMED = 100, 1000, 50
MOVING, ACTIVE = "moving", "active"
resident = user_shard_mapping

# What a person has besides their row in ``users``: table, whose it is, and what orders the rows of one person.
OWNED: tuple[tuple[Table, Column[Any], Column[Any]], ...] = (
    (consent, consent.c.user_id, consent.c.id),
    (session, session.c.user_id, session.c.id),
    (known_place, known_place.c.user_id, known_place.c.place),
    (conversation, conversation.c.owner, conversation.c.id),
    (consultation_history, consultation_history.c.user_id, consultation_history.c.id),
)
# What belongs to their exchanges.
OF_EXCHANGES = (evidence, search_log)


class Lost(Exception):
    """Somebody else moves this person now."""


@dataclass(frozen=True, slots=True)
class Residence:
    """A person's mapping. ``at`` is when it was last written."""

    account_id: str
    shard_id: int
    state: str
    at: datetime

    @property
    def held_for(self) -> float:
        """Seconds for which its holder, if it has one, may still be at work."""
        return max(0.0, HELD_SECONDS - (now() - self.at).total_seconds())


class Hold:
    """A person who is being moved, held by whoever moves them."""

    def __init__(self, directory: ShardDirectory, found: Residence) -> None:
        self._directory, self.account_id = directory, found.account_id
        self.shard_id, self._at = found.shard_id, found.at

    async def renew(self) -> None:
        """Raises Lost when another holds the person by now."""
        await self._write(MOVING, self.shard_id)

    async def point_to(self, shard_id: int) -> None:
        """From now on the person lives there. Raises NO_ROOM, Lost."""
        await self._write(MOVING, shard_id)

    async def release(self) -> None:
        """The person is not being moved any more."""
        await self._write(ACTIVE, self.shard_id)

    @asynccontextmanager
    async def writing(self, shard_id: int) -> AsyncIterator[AsyncConnection]:
        """A transaction on a shard, committed when the person is still held at its end."""
        async with self._directory.writing(shard_id, "") as connection:
            yield connection
            await self.renew()

    async def _write(self, state: str, shard_id: int) -> None:
        at = max(now(), self._at + timedelta(microseconds=1))

        async def work(connection: AsyncConnection) -> None:
            mine = (resident.c.user_id == self.account_id, resident.c.state.in_((ACTIVE, MOVING)))
            changing = update(resident).where(*mine, resident.c.updated_at == self._at)
            if not (await connection.execute(changing.values(state=state, shard_id=shard_id, updated_at=at))).rowcount:
                raise Lost
            if shard_id != self.shard_id:
                await _counted(connection, self.shard_id, shard_id)

        await self._directory.change(work)
        self._at, self.shard_id = at, shard_id


async def _counted(connection: AsyncConnection, before: int, after: int) -> None:
    """Shards are touched in the order of their ids, as everywhere."""
    current = shard_info.c.current_users
    for shard_id in sorted((before, after)):
        where, step = [shard_info.c.id == shard_id], -1
        if shard_id == after:
            where, step = [*where, current < shard_info.c.max_users], 1
        counted = await connection.execute(update(shard_info).where(*where).values(current_users=current + step))
        if shard_id == after and not counted.rowcount:
            raise MeshError("NO_ROOM", retry_after=60.0)


class MoveStore:
    """Who is moved, and what of them is where."""

    def __init__(self, directory: ShardDirectory) -> None:
        self.directory = directory

    # ---- who -------------------------------------------------------------------------------------------------

    async def residence(self, account_id: str) -> Residence | None:
        found = await self.residences([account_id])
        return found[0] if found else None

    async def abandoned(self) -> list[Residence]:
        """People whose move nobody works on any more."""
        before = now() - timedelta(seconds=HELD_SECONDS)
        return await self._residences((resident.c.state == MOVING) & (resident.c.updated_at < before), RESUMED)

    async def settled_since(self, since: datetime, after: Residence | None) -> list[Residence]:
        """People who registered, or were moved, at or after ``since``, in that order, a batch at a time."""
        recent = (resident.c.state == ACTIVE) & (resident.c.updated_at >= (after.at if after else since))
        if after:
            recent &= (resident.c.updated_at > after.at) | (resident.c.user_id > after.account_id)
        return await self._residences(recent, EVENTS)

    async def residences(self, account_ids: Sequence[str]) -> list[Residence]:
        """Where these people live now; those who are gone are absent."""
        return await self._residences(resident.c.user_id.in_(account_ids), len(account_ids))

    async def hold(self, found: Residence) -> Hold:
        """Takes a person over as they were found. Raises Lost when that is not so any more."""
        hold = Hold(self.directory, found)
        await hold.renew()
        return hold

    async def _residences(self, where: Any, most: int) -> list[Residence]:
        wanted = select(resident.c.user_id, resident.c.shard_id, resident.c.state, resident.c.updated_at).where(where)
        wanted = wanted.order_by(resident.c.updated_at, resident.c.user_id).limit(most)

        async def work(connection: AsyncConnection) -> list[Residence]:
            return [Residence(*row) for row in (await connection.execute(wanted)).all()]

        return await self.directory.look(work)

    # ---- what ------------------------------------------------------------------------------------------------

    async def set_state(self, hold: Hold, shard_id: int, state: str) -> None:
        """Lets nobody write for the person on a shard, or lets them again; waits for writes under way.

        Raises NOT_FOUND when the person is not there.
        """
        async with hold.writing(shard_id) as connection:
            where = users.c.id == hold.account_id
            if not (await connection.execute(update(users).where(where).values(state=state))).rowcount:
                await hold.renew()
                raise NotFound("account")

    async def copy(self, hold: Hold, source: int, target: int) -> None:
        """Copies everything but events; on the target nobody can write for the person yet."""
        person = await self._person(source, hold.account_id)
        if person is None:
            await hold.renew()
            raise NotFound("account")
        async with hold.writing(target) as connection:
            await connection.execute(insert(users).values({**person._asdict(), "state": MOVING}))
        for table, owner, key in OWNED:
            async for batch in self._batches(source, table, owner, key, hold.account_id):
                details = await self._details(source, table, batch)
                async with hold.writing(target) as connection:
                    for part, part_rows in ((table, batch), *details):
                        if part_rows:
                            await connection.execute(insert(part), [row._asdict() for row in part_rows])

    async def same(self, hold: Hold, one: int, other: int) -> bool:
        """Whether everything but events stands on both shards alike."""
        account_id = hold.account_id
        here, there_too = await self._person(one, account_id), await self._person(other, account_id)
        if here is None or there_too is None or not _alike([here], [there_too], without="state"):
            return False
        for table, owner, key in OWNED:
            there = self._batches(other, table, owner, key, account_id)
            async for batch in self._batches(one, table, owner, key, account_id):
                if not await self._same(table, (one, batch), (other, await anext(there, []))):
                    return False
                await hold.renew()
            if await anext(there, []):
                return False
        return True

    async def hand_over_events(self, hold: Hold, source: int, target: int) -> None:
        """Takes the person's events, which the stream has not got yet, along. One may reach the stream twice."""
        after = ""
        while batch := await self._events(source, after):
            after = batch[-1].id
            await hold.renew()
            theirs = await self._theirs(target, hold.account_id, batch)
            if theirs:
                async with hold.writing(target) as connection:
                    await upsert(connection, outbox, [row._asdict() for row in theirs])
                async with hold.writing(source) as connection:
                    await connection.execute(delete(outbox).where(outbox.c.id.in_([row.id for row in theirs])))

    async def remove_person(self, hold: Hold, shard_id: int) -> None:
        """Whoever looks for the person on this shard is sent to where they live."""
        async with hold.writing(shard_id) as connection:
            await connection.execute(delete(users).where(users.c.id == hold.account_id))

    async def remove_belongings(self, hold: Hold, shard_id: int) -> None:
        history = consultation_history
        wanted = select(history.c.id).where(history.c.user_id == hold.account_id).limit(BATCH)
        ids: Sequence[str] = ("",)
        while ids:
            async with hold.writing(shard_id) as connection:
                ids = (await connection.scalars(wanted)).all()
                for table in OF_EXCHANGES:
                    await connection.execute(delete(table).where(table.c.exchange_id.in_(ids)))
                await connection.execute(delete(history).where(history.c.id.in_(ids)))
        async with hold.writing(shard_id) as connection:
            for table, owner, _ in OWNED:
                await connection.execute(delete(table).where(owner == hold.account_id))

    # ---- how -------------------------------------------------------------------------------------------------

    async def _person(self, shard_id: int, account_id: str) -> Row[Any] | None:
        async with self.directory.reading(shard_id) as connection:
            return (await connection.execute(select(users).where(users.c.id == account_id))).first()

    async def _batches(
        self, shard_id: int, table: Table, owner: Column[Any], key: Column[Any], account_id: str
    ) -> AsyncIterator[Sequence[Row[Any]]]:
        """A person's rows of a table in their order."""
        wanted, batch = select(table).where(owner == account_id).order_by(key).limit(BATCH), None
        while batch is None or len(batch) == BATCH:
            further = wanted if batch is None else wanted.where(key > getattr(batch[-1], key.name))
            async with self.directory.reading(shard_id) as connection:
                batch = (await connection.execute(further)).all()
            if batch:
                yield batch

    async def _details(
        self, shard_id: int, table: Table, batch: Sequence[Row[Any]]
    ) -> list[tuple[Table, Sequence[Row[Any]]]]:
        """Evidence and search log of a batch of exchanges; nothing for other tables."""
        if table is not consultation_history:
            return []
        ids = [row.id for row in batch]
        async with self.directory.reading(shard_id) as connection:
            wanted = [select(part).where(part.c.exchange_id.in_(ids)) for part in OF_EXCHANGES]
            found = [(await connection.execute(_ordered(one))).all() for one in wanted]
        return list(zip(OF_EXCHANGES, found, strict=True))

    async def _same(
        self, table: Table, one: tuple[int, Sequence[Row[Any]]], other: tuple[int, Sequence[Row[Any]]]
    ) -> bool:
        """Whether two batches are equal, and what belongs to them; each is given with its shard."""
        if not _alike(one[1], other[1]):
            return False
        here, there = await self._details(one[0], table, one[1]), await self._details(other[0], table, other[1])
        return all(_alike(mine, theirs) for (_, mine), (_, theirs) in zip(here, there, strict=True))

    async def _events(self, shard_id: int, after: str) -> Sequence[Row[Any]]:
        wanted = select(outbox).where(outbox.c.id > after).order_by(outbox.c.id).limit(EVENTS)
        async with self.directory.reading(shard_id) as connection:
            return (await connection.execute(wanted)).all()

    async def _theirs(self, shard_id: int, account_id: str, batch: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Events about exchanges that a person has on a shard."""
        named = {row.id: _exchange_of(row.event) for row in batch}
        history = consultation_history
        wanted = select(history.c.id).where(history.c.user_id == account_id, history.c.id.in_(set(named.values())))
        async with self.directory.reading(shard_id) as connection:
            known = set(await connection.scalars(wanted))
        return [row for row in batch if named[row.id] in known]


def _ordered(wanted: Any) -> Any:
    return wanted.order_by(*wanted.get_final_froms()[0].primary_key)


def _exchange_of(event: bytes) -> str:
    """The exchange that a serialised envelope names; "" for none."""
    envelope = events_pb2.Envelope.FromString(event)
    kind = envelope.WhichOneof("event")
    return getattr(getattr(envelope, kind), "exchange_id", "") if kind else ""


def _alike(some: Sequence[Row[Any]], others: Sequence[Row[Any]], without: str = "") -> bool:
    return len(some) == len(others) and all(
        _equal(value, getattr(other, name))
        for one, other in zip(some, others, strict=True)
        for name, value in one._asdict().items()
        if name != without
    )


def _equal(one: Any, other: Any) -> bool:
    """Databases of two kinds keep a float with different precision."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-5)
    return bool(one == other)
