"""Every query of the orchestrator: conversations, exchanges, evidence, search log, outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chatbot.records import OPEN, PARTIAL, Outcome, Standing, Turn
from services.chatbot.shards import Shards
from services.mesh.errors import MeshError
from services.storage.cipher import FieldCipher, Keyring
from services.storage.tables.shard import conversation, evidence, exchange, outbox, search_log

ANONYMOUS_LIFETIME = timedelta(days=1)
EMERGENCY_STANDS = timedelta(hours=6)
RECENT_TURNS = 20


def now() -> datetime:
    """The present in UTC, without offset, as the tables hold it."""
    return datetime.now(UTC).replace(tzinfo=None)


class ConversationStore:
    """Conversations on their shards; texts are sealed with the owner's key before they are written."""

    def __init__(self, shards: Shards, keyring: Keyring) -> None:
        self._shards, self._keyring = shards, keyring

    async def standing(self, conversation_id: str, owner: str) -> Standing:
        """What the conversation brings along; nothing for one that does not exist or belongs to somebody else."""
        async with self._shards.of(conversation_id).connect() as connection:
            found = await _conversation(connection, conversation_id, owner)
            if found is None:
                return Standing()
            rows = (await connection.execute(_newest(conversation_id, RECENT_TURNS))).all()
        turns = await self._opened(owner, rows)
        recent = found.emergency_at is not None and now() - found.emergency_at < EMERGENCY_STANDS
        return Standing(tuple(reversed(turns)), found.emergency_level if recent else 1, True)

    async def page(self, conversation_id: str, owner: str, size: int, before: str) -> list[Turn] | None:
        """Exchanges older than ``before`` (an exchange id, or "" for the newest), newest first; None: no such one."""
        async with self._shards.of(conversation_id).connect() as connection:
            if await _conversation(connection, conversation_id, owner) is None:
                return None
            rows = (await connection.execute(_newest(conversation_id, size, before))).all()
        return await self._opened(owner, rows)

    async def repeated(self, conversation_id: str, owner: str, key: str) -> Turn | None:
        """The exchange that was opened under an idempotency key, if any."""
        wanted = select(exchange).where(exchange.c.owner == owner, exchange.c.idempotency_key == key)
        async with self._shards.of(conversation_id).connect() as connection:
            rows = (await connection.execute(wanted)).all()
        turns = await self._opened(owner, rows)
        return turns[0] if turns else None

    async def open(self, id: str, conversation_id: str, owner: str, question: str, key: str | None) -> None:
        """Opens the exchange, and its conversation when it is new. Raises CONFLICT when the key is taken."""
        cipher = await self._keyring.cipher(owner)
        row: dict[str, Any] = {
            "id": id,
            "conversation_id": conversation_id,
            "owner": owner,
            "state": OPEN,
            "question": cipher.seal(question.encode(), "exchange", "question", id),
            "idempotency_key": key,
            "domains": [],
            "created_at": now(),
        }
        try:
            async with self._shards.of(conversation_id).begin() as connection:
                if await _conversation(connection, conversation_id, owner) is None:
                    await connection.execute(insert(conversation).values(_new_conversation(conversation_id, owner)))
                await connection.execute(insert(exchange).values(row))
        except IntegrityError:
            raise MeshError("CONFLICT") from None

    async def close(self, id: str, conversation_id: str, owner: str, outcome: Outcome) -> None:
        """Writes the outcome, its evidence, its search log and its events in one transaction."""
        cipher = await self._keyring.cipher(owner)
        async with self._shards.of(conversation_id).begin() as connection:
            await connection.execute(update(exchange).where(exchange.c.id == id).values(_closing(cipher, id, outcome)))
            await _insert(connection, evidence, _evidence_rows(id, outcome))
            await _insert(connection, search_log, _search_rows(id, outcome))
            await _insert(connection, outbox, _event_rows(outcome))
            if outcome.emergency_level > 1:
                await connection.execute(
                    update(conversation)
                    .where(conversation.c.id == conversation_id)
                    .values(emergency_level=outcome.emergency_level, emergency_at=now())
                )

    async def delete(self, conversation_id: str, owner: str) -> bool:
        """Removes a conversation with everything kept with it, its key included. False when there is none."""
        async with self._shards.of(conversation_id).begin() as connection:
            if await _conversation(connection, conversation_id, owner) is None:
                return False
            await _remove(connection, [conversation_id])
        await self._keyring.erase(owner)
        return True

    async def sweep(self) -> int:
        """Removes expired conversations and marks exchanges that a dead process left open as partial."""
        removed = 0
        for engine in self._shards:
            async with engine.begin() as connection:
                stale = now() - timedelta(minutes=10)
                await connection.execute(
                    update(exchange)
                    .where(exchange.c.state == OPEN, exchange.c.created_at < stale)
                    .values(state=PARTIAL)
                )
                expired = (
                    await connection.execute(
                        select(conversation.c.id, conversation.c.owner)
                        .where(conversation.c.expires_at < now())
                        .limit(500)
                    )
                ).all()
                await _remove(connection, [row.id for row in expired])
            for row in expired:
                await self._keyring.erase(row.owner)
            removed += len(expired)
        return removed

    async def _opened(self, owner: str, rows: Any) -> list[Turn]:
        cipher = await self._keyring.existing(owner) if rows else None
        return [_turn(cipher, row) for row in rows] if cipher else []


async def _conversation(connection: AsyncConnection, id: str, owner: str) -> Row[Any] | None:
    found = await connection.execute(select(conversation).where(conversation.c.id == id, conversation.c.owner == owner))
    return found.one_or_none()


def _newest(conversation_id: str, size: int, before: str = "") -> Select[Any]:
    wanted = select(exchange).where(exchange.c.conversation_id == conversation_id)
    if before:
        wanted = wanted.where(exchange.c.id < before)
    return wanted.order_by(exchange.c.id.desc()).limit(size)


def _new_conversation(id: str, owner: str) -> dict[str, Any]:
    return {"id": id, "owner": owner, "created_at": now(), "expires_at": now() + ANONYMOUS_LIFETIME}


def _turn(cipher: FieldCipher, row: Any) -> Turn:
    def plain(column: str) -> bytes:
        sealed = getattr(row, column)
        return cipher.open(sealed, "exchange", column, row.id) if sealed else b""

    return Turn(
        id=row.id,
        question=plain("question").decode(),
        answer=plain("answer").decode(),
        state=row.state,
        created_at=row.created_at,
        emergency_level=row.emergency_level,
        result=plain("result"),
    )


def _closing(cipher: FieldCipher, id: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "state": outcome.state,
        "answer": cipher.seal(outcome.answer.encode(), "exchange", "answer", id),
        "result": cipher.seal(outcome.result, "exchange", "result", id) if outcome.result else None,
        "domains": outcome.domains,
        "confidence": outcome.confidence,
        "emergency_level": outcome.emergency_level,
        "provider": outcome.provider,
        "total_ms": outcome.total_ms,
        "completed_at": now(),
    }


def _evidence_rows(id: str, outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"exchange_id": id, "number": number, "evidence_id": name, "score": score}
        for number, name, score in outcome.evidence
    ]


def _search_rows(id: str, outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"exchange_id": id, "domain": domain, "found": found, "duration_ms": ms, "degraded": degraded}
        for domain, found, ms, degraded in outcome.searches
    ]


def _event_rows(outcome: Outcome) -> list[dict[str, Any]]:
    return [{"id": id, "event": event, "created_at": now()} for id, event in outcome.events]


async def _insert(connection: AsyncConnection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(table), rows)


async def _remove(connection: AsyncConnection, conversation_ids: list[str]) -> None:
    if not conversation_ids:
        return
    ids = select(exchange.c.id).where(exchange.c.conversation_id.in_(conversation_ids))
    for table in (evidence, search_log):
        await connection.execute(delete(table).where(table.c.exchange_id.in_(ids)))
    await connection.execute(delete(exchange).where(exchange.c.conversation_id.in_(conversation_ids)))
    await connection.execute(delete(conversation).where(conversation.c.id.in_(conversation_ids)))
