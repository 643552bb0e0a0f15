"""Everything that is kept of one person's questions, taken away. The key is the account service's to destroy."""

from __future__ import annotations

from services.chatbot.copies import Copies
from services.chatbot.upkeep import Upkeep
from services.mesh.errors import MeshError
from services.storage.shards import ShardDirectory


class Erasure:
    """May be interrupted anywhere and begun again: the rows, which tell what else there is, go last."""

    def __init__(self, directory: ShardDirectory, upkeep: Upkeep, copies: Copies) -> None:
        self._directory, self._upkeep, self._copies = directory, upkeep, copies

    async def erase(self, account_id: str) -> int:
        """Returns how many exchanges were removed; 0 for an account that nothing is known of (any more)."""
        lives = await self._directory.mapping(account_id, fresh=True)
        if lives is None:
            return 0
        if lives.state == "moving":
            raise MeshError("MOVING", retry_after=2)
        conversations, exchanges = await self._upkeep.everything(lives.shard_id, account_id)
        await self._upkeep.remove_events(lives.shard_id, set(exchanges))
        await self._copies.erase(account_id, conversations, exchanges)
        return await self._upkeep.remove_all(lives.shard_id, account_id)
