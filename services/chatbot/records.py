"""What the orchestrator keeps of a conversation, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

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


@dataclass(frozen=True, slots=True)
class Standing:
    """What a conversation brings along: its turns, oldest first, and its emergency level of the last six hours."""

    turns: tuple[Turn, ...] = ()
    emergency_level: int = 1
    exists: bool = False


@dataclass(slots=True)
class Outcome:
    """What is stored when an answer is finished, whole or in part."""

    state: str
    answer: str
    result: bytes = b""
    domains: list[int] = field(default_factory=list)
    confidence: float = 0.0
    emergency_level: int = 1
    provider: str = ""
    total_ms: int = 0
    evidence: list[tuple[int, str, float]] = field(default_factory=list)  # number, evidence id, score
    searches: list[tuple[str, int, int, str]] = field(default_factory=list)  # domain, found, ms, why degraded
    events: list[tuple[str, bytes]] = field(default_factory=list)  # event id, serialised envelope
