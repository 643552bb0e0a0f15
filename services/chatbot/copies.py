"""What Redis holds of conversations: recent turns, journals of answers, events that name exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from medichain.events.v1 import events_pb2
from services.chatbot.journal import keys_of
from services.chatbot.outbox import STREAM
from services.chatbot.records import Turn
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.storage import security_events
from services.storage.recent import RecentTurns

BATCH = 1000


class Copies:
    """Takes copies away when what they were made of is removed."""

    def __init__(self, redis: Redis, recent: RecentTurns[Turn]) -> None:
        self._redis, self._recent = redis, recent

    async def forget(self, owner: str, conversation_id: str, exchange_ids: Sequence[str]) -> None:
        """Takes away a conversation's turns and journals. While Redis is away they stay, sealed, until they expire."""
        await self._recent.forget(owner, conversation_id)
        try:
            await self._forget_journals(exchange_ids)
        except (RedisError, OSError) as error:
            telemetry.log().warning("copies_not_removed", error_type=type(error).__name__)

    async def erase(self, account_id: str, conversation_ids: Iterable[str], exchange_ids: Sequence[str]) -> None:
        """Takes away everything of an account, the events that name it too. Raises UNAVAILABLE while Redis is away."""
        try:
            await self._recent.forget(account_id, *conversation_ids)
            await self._forget_journals(exchange_ids)
            named = {account_id, *exchange_ids}
            for stream in (STREAM, security_events.STREAM):
                await self._unlink(stream, named)
        except (RedisError, OSError):
            raise MeshError("UNAVAILABLE", retry_after=5) from None

    async def _forget_journals(self, exchange_ids: Sequence[str]) -> None:
        for begin in range(0, len(exchange_ids), BATCH):
            part = exchange_ids[begin : begin + BATCH]
            await self._redis.delete(*[key for id in part for key in keys_of(id)])

    async def _unlink(self, stream: str, named: set[str]) -> None:
        """Deletes the stream's entries that name one of ``named``."""
        position = "-"
        while True:
            entries: Any = await self._redis.xrange(stream, min=position, count=BATCH)
            gone = [id for id, fields in entries if names(fields.get(b"event", b"")) & named]
            if gone:
                await self._redis.xdel(stream, *gone)
            if len(entries) < BATCH:
                return
            position = "(" + entries[-1][0].decode()


def names(event: bytes) -> set[str]:
    """The exchange, or the account, that a serialised envelope names."""
    envelope = events_pb2.Envelope.FromString(event)
    kind = envelope.WhichOneof("event")
    said = getattr(envelope, kind) if kind else None
    return {getattr(said, field) for field in ("exchange_id", "account") if getattr(said, field, "")}
