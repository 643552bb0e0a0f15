"""What is done from time to time, in every replica: answers that broke off are marked, what has expired is removed."""

from __future__ import annotations

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from services.chatbot.copies import Copies
from services.chatbot.question import is_anonymous
from services.chatbot.upkeep import Upkeep
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.storage.cipher import Keyring
from services.storage.shards import Moved, ShardDirectory

PAUSE_SECONDS = 30.0


class Sweep:
    """Takes one batch of everything at each round."""

    def __init__(self, directory: ShardDirectory, upkeep: Upkeep, keyring: Keyring, copies: Copies) -> None:
        self._directory, self._upkeep, self._keyring, self._copies = directory, upkeep, keyring, copies

    async def run(self) -> None:
        """Sweeps until cancelled. A shard that is away is swept when it is back."""
        while True:
            try:
                shard_ids = await self._directory.ids()
            except (MeshError, SQLAlchemyError, OSError):
                shard_ids = []
            for shard_id in shard_ids:
                try:
                    await self.shard(shard_id)
                except (MeshError, SQLAlchemyError, OSError) as error:
                    telemetry.log().warning("not_swept", error_type=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def shard(self, shard_id: int) -> int:
        """Sweeps one shard; returns how many conversations were removed. Those of people being moved wait."""
        for left in await self._upkeep.left_open(shard_id):
            try:
                await self._upkeep.break_off(shard_id, left)
            except (Moved, MeshError):
                continue
        for found in await self._upkeep.undated(shard_id):
            try:
                await self._upkeep.date(shard_id, found)
            except (Moved, MeshError):
                continue
        return await self._remove_expired(shard_id)

    async def _remove_expired(self, shard_id: int) -> int:
        removed = 0
        for found in await self._upkeep.expired(shard_id):
            try:
                if not self._upkeep.over(found):
                    await self._upkeep.date(shard_id, found)
                    continue
                exchange_ids = await self._upkeep.remove(shard_id, found)
            except (Moved, MeshError):
                continue
            await self._copies.forget(found.owner, found.id, exchange_ids)
            if is_anonymous(found.owner):
                await self._keyring.erase(found.owner)
            removed += 1
        return removed
