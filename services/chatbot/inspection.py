"""An operator's look into somebody else's conversation. It is written to the audit log before anything is read."""

from __future__ import annotations

from services.chatbot.ownership import Place, place_of
from services.mesh.context import current
from services.storage.audit import AuditLog
from services.storage.shards import ShardDirectory

ACTION = "inspect_conversation"


class Inspection:
    """Opens the way for an operator, and leaves a trace."""

    def __init__(self, audit: AuditLog, directory: ShardDirectory) -> None:
        self._audit, self._directory = audit, directory

    async def permitted(self, conversation_id: str, account_id: str, reason: str) -> Place | None:
        """Where the conversation would be; None when nobody has it. Without an entry in the log there is no look."""
        subject = account_id or conversation_id
        await self._audit.append(_operator(), ACTION, subject, f"{conversation_id}: {reason}")
        if not account_id:
            return place_of(conversation_id, None)
        lives = await self._directory.mapping(account_id, fresh=True)
        return Place(account_id, lives.shard_id) if lives else None


def _operator() -> str:
    call = current()
    return call.person.account_id if call.person else call.principal.name
