"""The events of an answer's stream, numbered as they go out."""

from __future__ import annotations

from typing import Any

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.mesh.errors import InvalidField


class EventNumbers:
    """Gives events their ids, "{exchange_id}/{n}"."""

    def __init__(self, exchange_id: str, first: int = 0) -> None:
        self.exchange_id, self._next = exchange_id, first

    def event(self, **which: Any) -> pb.AskResponse:
        """The next event; exactly one keyword names its kind."""
        response = pb.AskResponse(id=f"{self.exchange_id}/{self._next}", **which)
        self._next += 1
        return response


def number_of(event_id: str, exchange_id: str) -> int:
    """The number of an event of an exchange; -1 for no id. Raises INVALID_FIELD for an id of something else."""
    if not event_id:
        return -1
    of, _, number = event_id.rpartition("/")
    if of != exchange_id or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InvalidField("last_event_id", "is not the id of an event of this exchange")
    return int(number)
