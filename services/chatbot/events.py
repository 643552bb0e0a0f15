"""The events of an answer's stream, numbered as they go out."""

from __future__ import annotations

from typing import Any

from medichain.chatbot.v1 import chatbot_pb2 as pb


class EventNumbers:
    """Gives events their ids, "{exchange_id}/{n}"."""

    def __init__(self, exchange_id: str) -> None:
        self._exchange_id, self._next = exchange_id, 0

    def event(self, **which: Any) -> pb.AskResponse:
        """The next event; exactly one keyword names its kind."""
        response = pb.AskResponse(id=f"{self._exchange_id}/{self._next}", **which)
        self._next += 1
        return response
