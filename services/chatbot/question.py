"""A question on its way: what was asked, under which ids, and what the conversation brings along."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ulid import ULID

from medichain.specialist.v1 import specialist_pb2
from services.chatbot.records import Standing


@dataclass(slots=True)
class Question:
    """One asked question. ``text`` is as typed, normalised; the ids are decided before the first event."""

    text: str
    exchange_id: str
    conversation_id: str
    owner: str
    shard_id: int
    session_id: str = ""
    location: specialist_pb2.Location | None = None
    # Provider by role, as this question wants it.
    providers: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str | None = None
    resumable: bool = False
    standing: Standing = field(default_factory=Standing)
    started: float = field(default_factory=time.monotonic)

    @property
    def said_before(self) -> list[str]:
        """What the person said earlier, oldest first."""
        return [turn.question for turn in self.standing.turns]

    @property
    def anonymous(self) -> bool:
        return is_anonymous(self.owner)

    def milliseconds(self) -> int:
        """Time since the question came in."""
        return int((time.monotonic() - self.started) * 1000)


def new_exchange_id() -> str:
    """Sorts by time, so that history pages by it, and is unguessable: an anonymous answer is its holder's.

    Not the library's own randomness, which within one millisecond only counts up.
    """
    milliseconds = int(time.time() * 1000)
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + secrets.token_bytes(10)))


def idempotency(key: str, conversation_id: str, text: str) -> str | None:
    """The stored form of an Idempotency-Key: it answers for one question in one conversation, and is not readable."""
    if not key:
        return None
    return hashlib.sha256("\x1f".join((key, conversation_id, text)).encode()).hexdigest()


def anonymous_owner(conversation_id: str) -> str:
    return f"anonymous:{conversation_id}"[:64]


def is_anonymous(owner: str) -> bool:
    return owner.startswith("anonymous:")
