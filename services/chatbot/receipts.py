"""Queries of receipts: an answer as it is kept, found by its exchange alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot import rows
from services.chatbot.replay import Stored
from services.storage.cipher import Keyring
from services.storage.shards import ShardDirectory
from services.storage.tables.shard import consultation_history as history
from services.storage.tables.shard import evidence


class Receipts:
    """Reads receipts with the answers they belong to."""

    def __init__(self, directory: ShardDirectory, keyring: Keyring) -> None:
        self._directory, self._keyring = directory, keyring

    async def stored(self, exchange_id: str) -> Stored | None:
        """A completed answer; None when there is none, or when its owner's key is gone."""
        for shard_id in await self._directory.ids():
            async with self._directory.reading(shard_id) as connection:
                wanted = select(history).where(history.c.id == exchange_id, history.c.result.is_not(None))
                row = (await connection.execute(wanted)).one_or_none()
                cited = select(evidence.c.evidence_id).where(evidence.c.exchange_id == exchange_id)
                ids = (await connection.execute(cited.order_by(evidence.c.number))).scalars().all()
            if row:
                return await self._opened(row, list(ids), shard_id)
        return None

    async def _opened(self, row: Row[Any], evidence_ids: list[str], shard_id: int) -> Stored | None:
        cipher = await self._keyring.existing(row.user_id)
        if cipher is None:
            return None
        turn = rows.turn(cipher, row, shard_id)
        return Stored(
            answer=turn.answer,
            completed=pb.Completed.FromString(turn.result),
            provider=row.provider,
            model=row.model,
            prompt_version=row.prompt_version,
            modelled=[(begin, end) for begin, end in row.modelled or ()],
            evidence=evidence_ids,
        )
