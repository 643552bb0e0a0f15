"""What the orchestrator writes on the shards: conversations, exchanges, evidence, search log, outbox.

Texts are sealed with their owner's key before they are written. What belongs together is one transaction: repeated on
the shard where the person lives now when they have moved meanwhile, and when the server asks for it (a deadlock).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chatbot import rows
from services.chatbot.ownership import Place, anonymous_id, chosen_shard, conversation_secret, personal_id
from services.chatbot.question import is_anonymous
from services.chatbot.reading import StoredConversations, conversation_of
from services.chatbot.records import COMPLETED, Opening, Outcome, Turn
from services.mesh.errors import MeshError, NotFound
from services.mesh.people import Person
from services.storage import clock
from services.storage.cipher import FieldCipher, Keyring
from services.storage.failures import Contended
from services.storage.recent import RecentTurns
from services.storage.remembered import Remembered
from services.storage.shards import Moved, ShardDirectory
from services.storage.tables.shard import consultation_history as history
from services.storage.tables.shard import conversation, evidence, outbox, search_log

TRIES = 5
# How long, in seconds, a finished answer waits for a shard that is restarting, or for a person who is being moved.
PATIENCE = 10.0
FIRST_OUTCOME_SECONDS = 55.0
# The longest a question takes, and some time for its process to write down that it is over.
ANSWERED_WITHIN = timedelta(seconds=90)
BEING_ANSWERED = 4096

Result = TypeVar("Result")
Work = Callable[[AsyncConnection], Awaitable[Result]]


class ConversationStore(StoredConversations):
    """Conversations on their shards. ``retention`` is how long people's are kept; None: until they erase them."""

    def __init__(
        self,
        directory: ShardDirectory,
        keyring: Keyring,
        recent: RecentTurns[Turn],
        retention: timedelta | None = None,
    ) -> None:
        super().__init__(directory, keyring, recent)
        self._retention = retention
        self._claims: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        # Turns being answered in this process: what Redis is told of them once they are.
        self._being_answered: Remembered[str, Turn] = Remembered(ANSWERED_WITHIN.total_seconds(), BEING_ANSWERED)

    # ---- ids -------------------------------------------------------------------------------------------------

    async def new_conversation(self, idempotency: str | None, person: Person | None) -> str:
        """The id for a new conversation, which nobody can guess; the same one for a repeated request."""
        secret = conversation_secret(idempotency, person)
        if person:
            return personal_id(secret)
        shards = await self.directory.active_ids() or await self.directory.ids()
        return anonymous_id(chosen_shard(secret, shards), secret)

    # ---- the way of an answer ----------------------------------------------------------------------------------

    async def open(self, opening: Opening) -> None:
        """Opens the exchange, and its conversation when it is new. Raises CONFLICT when the key is taken."""

        cipher = await self._cipher(opening.owner)
        row = rows.opening_row(cipher, opening)

        async def work(connection: AsyncConnection) -> None:
            await self._enter(connection, opening)
            await connection.execute(insert(history).values(row))
            await _insert(connection, outbox, rows.event_rows(opening.events))

        try:
            await self._write(Place(opening.owner, opening.shard_id), work)
        except IntegrityError:
            raise MeshError("CONFLICT", retry_after=1) from None
        self._being_answered.put(opening.id, rows.begun(opening, row["created_at"]))

    async def open_or_first(self, opening: Opening) -> Turn | None:
        """Opens the exchange, or waits for the answer that was first to have its key and returns that one."""
        key = opening.idempotency_key
        if not key:
            await self.open(opening)
            return None
        # One at a time in this process: the others would hold connections while they wait for the first's transaction.
        claim = self._claims.setdefault((opening.owner, key), asyncio.Lock())
        for _ in range(TRIES):
            async with claim:
                if await self._opened_first(opening, key):
                    return None
            first = await self.first_outcome(opening.owner, opening.shard_id, key, FIRST_OUTCOME_SECONDS)
            if first:
                return first
        raise MeshError("CONFLICT", retry_after=1)

    async def _opened_first(self, opening: Opening, key: str) -> bool:
        """Opens the exchange unless another one has its key."""
        if await self.repeated(opening.owner, opening.shard_id, key):
            return False
        try:
            await self.open(opening)
        except MeshError as refused:
            if refused.reason.name != "CONFLICT":
                raise
            return False
        return True

    async def first_outcome(self, owner: str, shard_id: int, key: str, timeout: float) -> Turn | None:
        """Waits up to ``timeout`` s for the answer under a key; None when there will be none: the key is free again.

        Raises CONFLICT when it is still being written then.
        """
        until, pause = time.monotonic() + timeout, 0.02
        while True:
            first = await self.repeated(owner, shard_id, key)
            if first is None or first.state == COMPLETED:
                return first
            if time.monotonic() + pause > until:
                raise MeshError("CONFLICT", retry_after=2)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.5)

    async def close(self, id: str, conversation_id: str, owner: str, shard_id: int, outcome: Outcome) -> None:
        """Writes the outcome, its evidence, its search log and its events in one transaction.

        May be repeated; does nothing when the exchange was erased meanwhile. A person who moves, or a shard that
        restarts, is waited for a little. An answer that did not become whole lets its idempotency key go.
        """
        cipher = await self._keyring.existing(owner)
        if cipher is None:
            return
        values = rows.closing_values(cipher, id, outcome)
        if outcome.state != COMPLETED:
            values["idempotency_key"] = None
        closing = update(history).where(
            history.c.id == id, history.c.user_id == owner, history.c.completed_at.is_(None)
        )

        async def work(connection: AsyncConnection) -> bool:
            if not (await connection.execute(closing.values(values))).rowcount:
                return False
            await _insert(connection, evidence, rows.evidence_rows(id, outcome))
            await _insert(connection, search_log, rows.search_rows(id, outcome))
            await _insert(connection, outbox, rows.event_rows(outcome.events))
            await connection.execute(_added_to(conversation_id, outcome))
            return True

        try:
            written = await _patiently(lambda: self._write(Place(owner, shard_id), work))
        except MeshError as refused:
            if refused.reason.name == "SESSION_EXPIRED":
                return
            raise
        turn = self._being_answered.get(id)
        self._being_answered.drop(id)
        if written and turn:
            await self._recent.push(owner, conversation_id, rows.ended(turn, outcome))

    # ---- what a person does with their records ---------------------------------------------------------------

    async def rate(self, turn: Turn, score: int, comment: str, event: tuple[str, bytes]) -> bool:
        """Stores a rating in place of an earlier one; False when the exchange is gone."""
        cipher = await self._cipher(turn.owner)
        rating = update(history).where(history.c.id == turn.id, history.c.user_id == turn.owner)

        async def work(connection: AsyncConnection) -> bool:
            changed = await connection.execute(rating.values(rows.rating_values(cipher, turn.id, score, comment)))
            if changed.rowcount:
                await _insert(connection, outbox, rows.event_rows([event]))
            return bool(changed.rowcount)

        return await self._write(Place(turn.owner, turn.shard_id), work)

    async def delete(self, place: Place, conversation_id: str) -> list[str] | None:
        """Removes a conversation and returns the ids of its exchanges; None when there is none.

        The key of somebody who is not signed in goes with it; an account's is needed for the others.
        """

        async def work(connection: AsyncConnection) -> list[str] | None:
            found = await connection.execute(conversation_of(conversation_id, place.owner))
            return await remove(connection, conversation_id) if found.one_or_none() else None

        if place.shard_id not in await self.directory.ids():
            return None
        removed = await self._write(place, work)
        if removed is not None and is_anonymous(place.owner):
            await self._keyring.erase(place.owner)
        return removed

    # ---- parts -----------------------------------------------------------------------------------------------

    async def _enter(self, connection: AsyncConnection, opening: Opening) -> None:
        """The exchange's conversation: a new one, or one that is added to."""
        found = (await connection.execute(conversation_of(opening.conversation_id, opening.owner))).one_or_none()
        if found is None:
            await connection.execute(insert(conversation).values(rows.conversation_row(opening, self._retention)))
            return
        moment = clock.now()
        await connection.execute(
            update(conversation)
            .where(conversation.c.id == opening.conversation_id)
            .values(
                updated_at=moment,
                expires_at=rows.expiry(opening.owner, moment, self._retention),
                exchanges=conversation.c.exchanges + 1,
            )
        )

    async def _cipher(self, owner: str) -> FieldCipher:
        """The owner's cipher. An account got its key when it was made: without one it has been erased."""
        if is_anonymous(owner):
            return await self._keyring.cipher(owner)
        cipher = await self._keyring.existing(owner)
        if cipher is None:
            raise MeshError("SESSION_EXPIRED")
        return cipher

    async def _write(self, place: Place, work: Work[Result]) -> Result:
        """Runs ``work`` in one transaction on the shard where the owner lives now.

        Raises SESSION_EXPIRED when their account has been erased.
        """
        shard_id, tries = place.shard_id, TRIES
        while True:
            try:
                async with self.directory.writing(shard_id, place.owner, shared=True) as connection:
                    return await work(connection)
            except Moved as moved:
                shard_id, tries = moved.shard_id, tries - 1
                if not tries:
                    raise MeshError("MOVING", retry_after=2) from None
            except Contended:
                tries -= 1
                if not tries:
                    raise
            except NotFound:
                raise MeshError("SESSION_EXPIRED") from None


async def remove(connection: AsyncConnection, conversation_id: str) -> list[str]:
    """Removes a conversation with everything kept with it; returns the ids of its exchanges."""
    wanted = select(history.c.id).where(history.c.conversation_id == conversation_id)
    ids = [row.id for row in (await connection.execute(wanted)).all()]
    for begin in range(0, len(ids), 500):
        await remove_exchanges(connection, ids[begin : begin + 500])
    await connection.execute(delete(conversation).where(conversation.c.id == conversation_id))
    return ids


async def remove_exchanges(connection: AsyncConnection, ids: Sequence[str]) -> None:
    for table in (evidence, search_log):
        await connection.execute(delete(table).where(table.c.exchange_id.in_(ids)))
    await connection.execute(delete(history).where(history.c.id.in_(ids)))


def _added_to(conversation_id: str, outcome: Outcome) -> Any:
    values: dict[str, Any] = {"updated_at": clock.now()}
    if outcome.emergency_level > 1:
        values |= {"emergency_level": outcome.emergency_level, "emergency_at": values["updated_at"]}
    return update(conversation).where(conversation.c.id == conversation_id).values(values)


async def _insert(connection: AsyncConnection, table: Any, values: list[dict[str, Any]]) -> None:
    if values:
        await connection.execute(insert(table), values)


async def _patiently(work: Callable[[], Awaitable[Result]]) -> Result:
    """Repeats what a shard that restarts, or a person's move, refuses for the moment."""
    until, pause = time.monotonic() + PATIENCE, 0.1
    while True:
        try:
            return await work()
        except MeshError as refused:
            if refused.reason.name not in ("MOVING", "UNAVAILABLE") or time.monotonic() + pause > until:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 2, 1.0)
