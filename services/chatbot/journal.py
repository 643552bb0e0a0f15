"""The events of resumable answers, sealed in Redis, so that any replica can continue a stream another one writes.

A reader at another replica leaves a mark that it is there; the writer looks for it before it gives an answer up. While
Redis is away a stream can be continued only where it is written.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.running import GRACE_SECONDS
from services.mesh import telemetry
from services.storage.cipher import FieldCipher, Keyring

KEPT_SECONDS = 120
POLL_SECONDS = 0.1
_LAST = ("completed", "error")


@dataclass(frozen=True, slots=True)
class Written:
    """Whose answer a journal holds."""

    owner: str
    shard_id: int


class Journal:
    """One list an exchange: whose it is, then its events in their order."""

    def __init__(self, redis: Redis, keyring: Keyring) -> None:
        self._redis, self._keyring = redis, keyring

    async def begin(self, exchange_id: str, owner: str, shard_id: int) -> None:
        with _away():
            await self._redis.rpush(_key(exchange_id), f"{shard_id} {owner}")  # type: ignore[misc]
            await self._redis.expire(_key(exchange_id), KEPT_SECONDS)

    async def note(self, exchange_id: str, owner: str, event: pb.AskResponse) -> None:
        cipher = await self._keyring.existing(owner)
        if cipher is None:  # erased meanwhile
            return
        sealed = cipher.seal(event.SerializeToString(), "journal", "event", event.id)
        with _away():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.rpush(_key(exchange_id), event.id.encode() + b"\n" + sealed)
            pipeline.expire(_key(exchange_id), KEPT_SECONDS)
            await pipeline.execute()

    async def written(self, exchange_id: str) -> Written | None:
        """Whose answer it is, or None when no journal is kept (any more)."""
        head = None
        with _away():
            head = await self._redis.lindex(_key(exchange_id), 0)  # type: ignore[misc]
        if head is None:
            return None
        shard_id, _, owner = bytes(head).decode().partition(" ")  # type: ignore[arg-type]
        return Written(owner, int(shard_id))

    async def read(self, exchange_id: str, owner: str, after: int) -> AsyncIterator[pb.AskResponse]:
        """The events after number ``after``, as they come. Ends with the last event, or when no more come in time.

        Whoever has seen the last one is given it once more.
        """
        cipher = await self._keyring.existing(owner)
        position, silent = after + 2, 0.0  # the list's first entry is no event
        ended = await self._ended(exchange_id, cipher) if cipher else 0
        position = min(position, ended or position)
        while cipher and silent < 2 * GRACE_SECONDS:
            entries = await self._after(exchange_id, position)
            for entry in entries:
                event = _opened(cipher, entry)
                yield event
                if event.WhichOneof("event") in _LAST:
                    return
            position += len(entries)
            silent = 0.0 if entries else silent + POLL_SECONDS
            await asyncio.sleep(POLL_SECONDS)

    async def _ended(self, exchange_id: str, cipher: FieldCipher) -> int:
        """Where the last event stands in the list, when it is there; else 0."""
        with _away():
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.llen(_key(exchange_id))
            pipeline.lindex(_key(exchange_id), -1)
            length, entry = await pipeline.execute()
            if length > 1 and _opened(cipher, entry).WhichOneof("event") in _LAST:
                return int(length) - 1
        return 0

    async def read_elsewhere(self, exchange_id: str) -> bool:
        """Whether somebody reads the journal."""
        with _away():
            return bool(await self._redis.exists(_reader(exchange_id)))
        return False

    async def _after(self, exchange_id: str, position: int) -> list[bytes]:
        with _away():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.lrange(_key(exchange_id), position, -1)
            pipeline.set(_reader(exchange_id), 1, ex=int(GRACE_SECONDS))
            return list((await pipeline.execute())[0])
        return []


def _opened(cipher: FieldCipher, entry: bytes) -> pb.AskResponse:
    id, _, sealed = entry.partition(b"\n")
    return pb.AskResponse.FromString(cipher.open(sealed, "journal", "event", id.decode()))


def keys_of(exchange_id: str) -> tuple[str, str]:
    """Everything Redis may hold of an exchange's stream."""
    return _key(exchange_id), _reader(exchange_id)


def _key(exchange_id: str) -> str:
    return f"medichain:exchange:{exchange_id}"


def _reader(exchange_id: str) -> str:
    return f"medichain:reader:{exchange_id}"


@contextlib.contextmanager
def _away() -> Iterator[None]:
    """What is done inside is left undone while Redis is away."""
    try:
        yield
    except (RedisError, OSError) as error:
        telemetry.log().warning("journal_away", error_type=type(error).__name__)
