"""Events about exchanges that are not being answered now: rated, or found broken off. They hold no text."""

from __future__ import annotations

from medichain.events.v1 import events_pb2
from services.chatbot.answer import sealed
from services.chatbot.records import PARTIAL


def rated(exchange_id: str, score: int) -> tuple[str, bytes]:
    """A person rated an answer."""
    return sealed(events_pb2.Envelope(exchange_rated=events_pb2.ExchangeRated(exchange_id=exchange_id, score=score)))


def broken_off(exchange_id: str, conversation_id: str) -> tuple[str, bytes]:
    """The process that wrote an answer died."""
    failed = events_pb2.ExchangeFailed(exchange_id=exchange_id, conversation_id=conversation_id, reason=PARTIAL)
    return sealed(events_pb2.Envelope(exchange_failed=failed))
