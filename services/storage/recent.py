"""A conversation's last turns, sealed, in Redis: what the next question needs is at hand without asking the shard.

The shard has them all, so that nothing here is missed: whatever goes wrong is as if there were nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.mesh.errors import MeshError
from services.storage.cipher import Keyring

KEPT, KEPT_SECONDS = 20, 24 * 3600
_PLACE = ("recent", "turn")


class Entry(Protocol):
    """A dataclass of plain values: text, numbers, bytes, naive times."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Turn = TypeVar("Turn", bound=Entry)


class RecentTurns(Generic[Turn]):
    """Turns of type ``kind``, at most 20 of a conversation, for a day after the last one."""

    def __init__(self, redis: Redis, keyring: Keyring, kind: type[Turn]) -> None:
        self._redis, self._keyring, self._kind = redis, keyring, kind

    async def turns(self, owner: str, conversation_id: str) -> list[Turn]:
        """The turns kept, oldest first; empty when Redis has none that open, or does not answer."""
        try:
            sealed: Sequence[Any] = await self._redis.lrange(_key(conversation_id), 0, -1)
            cipher = await self._keyring.existing(owner) if sealed else None
            return [self._read(cipher.open(one, *_PLACE, conversation_id)) for one in sealed] if cipher else []
        except (RedisError, OSError, MeshError, ValueError, TypeError):
            return []

    async def push(self, owner: str, conversation_id: str, turn: Turn) -> None:
        """Adds a turn; the oldest one leaves when there are too many."""
        with suppress(RedisError, OSError, MeshError):
            cipher = await self._keyring.existing(owner)
            if cipher is None:  # erased meanwhile
                return
            key, sealed = _key(conversation_id), cipher.seal(_written(turn), *_PLACE, conversation_id)
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.rpush(key, sealed)
            pipeline.ltrim(key, -KEPT, -1)
            pipeline.expire(key, KEPT_SECONDS)
            await pipeline.execute()

    async def forget(self, owner: str, *conversation_ids: str) -> None:
        """Drops the turns of an owner's conversations."""
        with suppress(RedisError, OSError):
            for part in _parts(conversation_ids):
                await self._redis.delete(*(_key(id) for id in part))

    def _read(self, text: bytes) -> Turn:
        return self._kind(**{name: _plain(value) for name, value in json.loads(text).items()})


def _key(conversation_id: str) -> str:
    return f"medichain:turns:{conversation_id}"


def _parts(ids: Sequence[str], most: int = 500) -> list[Sequence[str]]:
    return [ids[begin : begin + most] for begin in range(0, len(ids), most)]


def _written(turn: Any) -> bytes:
    return json.dumps(asdict(turn), default=_tagged, ensure_ascii=False).encode()


def _tagged(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    return {"bytes": base64.b64encode(value).decode()}


def _plain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "time" in value:
        return datetime.fromisoformat(value["time"])
    return base64.b64decode(value["bytes"])
