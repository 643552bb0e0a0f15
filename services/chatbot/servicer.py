"""ChatbotService: decode, call, encode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC
from typing import Any

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.events import EventNumbers
from services.chatbot.orchestrator import Orchestrator
from services.chatbot.question import Question, anonymous_conversation, anonymous_owner, idempotency, new_exchange_id
from services.chatbot.records import COMPLETED, Standing, Turn
from services.chatbot.store import ConversationStore
from services.llm.registry import writer
from services.mesh.context import current
from services.mesh.errors import InvalidField, NotFound
from services.safety.text import normalised

PAGE = 20


class ChatbotServicer:
    """Answers questions and gives conversations back."""

    def __init__(self, orchestrator: Orchestrator, store: ConversationStore, default_writer: str) -> None:
        self._orchestrator, self._store, self._writer = orchestrator, store, default_writer

    async def Ask(self, request: pb.AskRequest, context: Any) -> AsyncIterator[pb.AskResponse]:
        question = await self._question(request)
        if question.idempotency_key:
            first = await self._store.repeated(question.conversation_id, question.owner, question.idempotency_key)
            if first and first.state == COMPLETED:
                for event in _replayed(first):
                    yield event
                return
        async with aclosing(self._orchestrator.answer(question)) as events:
            async for event in events:
                yield event

    async def GetConversation(self, request: pb.GetConversationRequest, context: Any) -> pb.GetConversationResponse:
        size, before = request.page_size or PAGE, _page(request.page_token)
        turns = await self._store.page(request.id, anonymous_owner(request.id), size + 1, before)
        if turns is None:
            raise NotFound("id")
        token = turns[size - 1].id if len(turns) > size else ""
        return pb.GetConversationResponse(
            id=request.id, exchanges=[_exchange(turn) for turn in turns[:size]], next_page_token=token
        )

    async def DeleteConversation(
        self, request: pb.DeleteConversationRequest, context: Any
    ) -> pb.DeleteConversationResponse:
        if not await self._store.delete(request.id, anonymous_owner(request.id)):
            raise NotFound("id")
        return pb.DeleteConversationResponse()

    async def _question(self, request: pb.AskRequest) -> Question:
        text = normalised(request.question)
        if not text:
            raise InvalidField("question", "must hold something to read")
        conversation_id, standing = request.conversation_id, Standing()
        if conversation_id:
            standing = await self._store.standing(conversation_id, anonymous_owner(conversation_id))
        key = idempotency(current().idempotency_key, conversation_id, text)
        if not standing.exists:  # none given, or one that has expired: a new one
            conversation_id = anonymous_conversation(key)
        return Question(
            text=text,
            exchange_id=new_exchange_id(),
            conversation_id=conversation_id,
            owner=anonymous_owner(conversation_id),
            location=request.location if request.HasField("location") else None,
            writer=writer(request.providers.get("generation") or self._writer).name,
            idempotency_key=key,
            standing=standing,
        )


def _replayed(first: Turn) -> list[pb.AskResponse]:
    """The first answer to a retried request, as a short stream."""
    completed = pb.Completed.FromString(first.result)
    numbers = EventNumbers(first.id)
    started = pb.Started(exchange_id=first.id, conversation_id=completed.conversation_id)
    events = [numbers.event(started=started)]
    if completed.emergency.level > 1:
        events.append(numbers.event(emergency=completed.emergency))
    events.append(numbers.event(delta=pb.Delta(text=completed.answer)))
    events.append(numbers.event(completed=completed))
    return events


def _page(token: str) -> str:
    if token and not (len(token) == 26 and token.isalnum()):
        raise InvalidField("page_token", "is not a token of this list")
    return token


def _exchange(turn: Turn) -> pb.Exchange:
    completed = pb.Completed.FromString(turn.result)
    return pb.Exchange(
        id=turn.id,
        question=turn.question,
        answer=turn.answer,
        state=turn.state,
        asked_at=turn.created_at.replace(tzinfo=UTC).isoformat(timespec="milliseconds"),
        domains=completed.domains,
        citations=completed.citations,
        emergency_level=turn.emergency_level,  # type: ignore[arg-type]
    )
