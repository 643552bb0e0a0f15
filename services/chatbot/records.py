"""What the orchestrator keeps of conversations, as plain values. Times are naive UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.chatbot.receipt import Receipt

OPEN, COMPLETED, PARTIAL, FAILED = "open", "completed", "partial", "failed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange as it is read back. ``result`` is the serialised ``completed`` event, empty while there is none."""

    id: str
    question: str
    answer: str
    state: str
    created_at: datetime
    emergency_level: int = 1
    result: bytes = b""
    conversation_id: str = ""
    owner: str = ""
    confidence: float = 0.0
    score: int = 0  # the person's rating, 1..5; 0: none
    comment: str = ""
    shard_id: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a conversation brings along: its turns, oldest first, and its emergency level of the last six hours."""

    turns: tuple[Turn, ...] = ()
    emergency_level: int = 1
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """An exchange that begins. ``owner`` is an account's id, or "anonymous:" and the conversation's id."""

    id: str
    conversation_id: str
    owner: str
    shard_id: int
    session_id: str
    question: str
    idempotency_key: str | None = None
    events: list[tuple[str, bytes]] = field(default_factory=list)  # event id, serialised envelope


@dataclass(slots=True)
class Outcome:
    """What is stored when an answer is finished, whole or in part."""

    state: str
    answer: str
    result: bytes = b""
    domains: list[int] = field(default_factory=list)
    confidence: float = 0.0
    quality: float = 0.0  # 0..1
    emergency_level: int = 1
    receipt: Receipt | None = None
    total_ms: int = 0
    evidence: list[tuple[int, str, float]] = field(default_factory=list)  # number, evidence id, score
    searches: list[tuple[str, int, int, str]] = field(default_factory=list)  # domain, found, ms, why degraded
    events: list[tuple[str, bytes]] = field(default_factory=list)  # event id, serialised envelope


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation as a line of a person's history."""

    id: str
    created_at: datetime
    updated_at: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thought of an answer, with what the answer was like."""

    exchange_id: str
    score: int
    comment: str
    domains: tuple[int, ...]
    confidence: float
    quality: float
    rated_at: datetime
