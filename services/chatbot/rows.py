"""Between rows and records: what is sealed, how it is bound to its place, and what stands in the clear."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from medichain.specialist.v1 import specialist_pb2
from services.chatbot.question import is_anonymous
from services.chatbot.receipt import Receipt
from services.chatbot.records import OPEN, Line, Opening, Outcome, Rating, Turn
from services.storage import clock
from services.storage.cipher import FieldCipher

TABLE = "consultation_history"
ANONYMOUS_LIFETIME = timedelta(days=1)


def expiry(owner: str, updated_at: datetime, retention: timedelta | None) -> datetime | None:
    """When a conversation that was last added to then is removed; None: when its owner says so."""
    if is_anonymous(owner):
        return updated_at + ANONYMOUS_LIFETIME
    return updated_at + retention if retention else None


def conversation_row(opening: Opening, retention: timedelta | None) -> dict[str, Any]:
    moment = clock.now()
    return {
        "id": opening.conversation_id,
        "owner": opening.owner,
        "created_at": moment,
        "updated_at": moment,
        "expires_at": expiry(opening.owner, moment, retention),
        "exchanges": 1,
    }


def opening_row(cipher: FieldCipher, opening: Opening) -> dict[str, Any]:
    return {
        "id": opening.id,
        "conversation_id": opening.conversation_id,
        "user_id": opening.owner,
        "session_id": opening.session_id,
        "state": OPEN,
        "query": cipher.seal(opening.question.encode(), TABLE, "query", opening.id),
        "idempotency_key": opening.idempotency_key,
        "domains": [],
        "created_at": clock.now(),
    }


def closing_values(cipher: FieldCipher, id: str, outcome: Outcome) -> dict[str, Any]:
    main = outcome.domains[0] if outcome.domains else 0
    return {
        "state": outcome.state,
        "domain": specialist_pb2.Domain.Name(main) if main in specialist_pb2.Domain.values() else str(main),
        "domains": outcome.domains,
        "response": cipher.seal(outcome.answer.encode(), TABLE, "response", id),
        "result": cipher.seal(outcome.result, TABLE, "result", id) if outcome.result else None,
        "confidence_score": outcome.confidence,
        "quality_score": outcome.quality,
        "response_time_ms": outcome.total_ms,
        "emergency_level": outcome.emergency_level,
        "completed_at": clock.now(),
        **_receipt_values(outcome.receipt),
    }


def _receipt_values(receipt: Receipt | None) -> dict[str, Any]:
    if receipt is None:
        return {}
    return {
        "provider": receipt.provider,
        "model": receipt.model,
        "prompt_version": receipt.prompts,
        "data_version": receipt.data_version,
        "tokens_read": receipt.tokens_read,
        "tokens_written": receipt.tokens_written,
        "cost_dollars": receipt.dollars,
        "dropped": dict(receipt.dropped),
        "modelled": [list(span) for span in receipt.modelled],
    }


def rating_values(cipher: FieldCipher, id: str, score: int, comment: str) -> dict[str, Any]:
    sealed = cipher.seal(comment.encode(), TABLE, "feedback_comment", id) if comment else None
    return {"feedback_score": score, "feedback_comment": sealed, "rated_at": clock.now()}


def evidence_rows(id: str, outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"exchange_id": id, "number": number, "evidence_id": name, "score": score}
        for number, name, score in outcome.evidence
    ]


def search_rows(id: str, outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"exchange_id": id, "domain": domain, "found": found, "duration_ms": ms, "degraded": degraded}
        for domain, found, ms, degraded in outcome.searches
    ]


def event_rows(events: list[tuple[str, bytes]]) -> list[dict[str, Any]]:
    return [{"id": id, "event": event, "created_at": clock.now()} for id, event in events]


def turn(cipher: FieldCipher, row: Any, shard_id: int) -> Turn:
    return Turn(
        id=row.id,
        question=_plain(cipher, row, "query").decode(),
        answer=_plain(cipher, row, "response").decode(),
        state=row.state,
        created_at=row.created_at,
        emergency_level=row.emergency_level,
        result=_plain(cipher, row, "result"),
        conversation_id=row.conversation_id,
        owner=row.user_id,
        confidence=row.confidence_score or 0.0,
        score=row.feedback_score or 0,
        comment=_plain(cipher, row, "feedback_comment").decode(),
        shard_id=shard_id,
    )


def begun(opening: Opening, created_at: datetime) -> Turn:
    """The turn that an opening makes."""
    return Turn(
        id=opening.id,
        question=opening.question,
        answer="",
        state=OPEN,
        created_at=created_at,
        conversation_id=opening.conversation_id,
        owner=opening.owner,
        shard_id=opening.shard_id,
    )


def ended(begun: Turn, outcome: Outcome) -> Turn:
    """The turn with its outcome."""
    return replace(
        begun,
        answer=outcome.answer,
        state=outcome.state,
        emergency_level=outcome.emergency_level,
        result=outcome.result,
        confidence=outcome.confidence,
    )


def line(row: Any) -> Line:
    return Line(row.id, row.created_at, row.updated_at, row.exchanges)


def rating(cipher: FieldCipher | None, row: Any) -> Rating:
    """The comment is empty when its owner's key is gone."""
    return Rating(
        exchange_id=row.id,
        score=row.feedback_score,
        comment=_plain(cipher, row, "feedback_comment").decode() if cipher else "",
        domains=tuple(row.domains),
        confidence=row.confidence_score or 0.0,
        quality=row.quality_score or 0.0,
        rated_at=row.rated_at,
    )


def _plain(cipher: FieldCipher, row: Any, column: str) -> bytes:
    sealed = getattr(row, column)
    return cipher.open(sealed, TABLE, column, row.id) if sealed else b""
