"""What a caller hears who is turned away: first the emergency, when the text tells of one."""

from __future__ import annotations

from collections.abc import Iterator

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.announcement import announced
from services.chatbot.events import EventNumbers
from services.chatbot.question import new_exchange_id
from services.safety.harmful import Refusal, needs_refusal
from services.safety.red_flags import Level, assess


def urgent(text: str) -> bool:
    """Whether the text alone tells of an emergency."""
    return _level(text) > Level.NONE


def turned_away(text: str) -> Iterator[pb.AskResponse]:
    """The events before the refusal; none when the text tells of no emergency. Nothing is stored."""
    level = _level(text)
    if level <= Level.NONE:
        return
    numbers = EventNumbers(new_exchange_id())
    yield numbers.event(started=pb.Started(exchange_id=numbers.exchange_id))
    yield numbers.event(emergency=announced(assess(text), level))


def crisis_level(refusal: Refusal | None) -> int:
    """How urgent a request is for its refusal alone: the person may be about to die by suicide."""
    return int(Level.CRISIS if refusal and refusal.crisis else Level.NONE)


def _level(text: str) -> int:
    return max(int(assess(text).level), crisis_level(needs_refusal(text)))
