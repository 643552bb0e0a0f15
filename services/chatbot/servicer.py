"""ChatbotService: decode, call, encode. What concerns answers being written is here, the rest in its base."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.answer import received
from services.chatbot.choices import ProviderChoices
from services.chatbot.events import EventNumbers, number_of
from services.chatbot.history_servicer import HistoryServicer
from services.chatbot.orchestrator import Orchestrator
from services.chatbot.ownership import home, place_of
from services.chatbot.provider_board import ProviderBoard
from services.chatbot.question import Question, idempotency, new_exchange_id
from services.chatbot.records import Opening, Standing, Turn
from services.chatbot.store import ConversationStore
from services.chatbot.streams import Streams
from services.chatbot.triage import turned_away, urgent
from services.mesh.context import current
from services.mesh.errors import InvalidField, MeshError, NotFound
from services.safety.text import normalised

# How long an emergency waits for the storage before it is announced without it.
URGENT_SECONDS = 0.3


class ChatbotServicer(HistoryServicer):
    """Answers questions, and gives conversations back."""

    def __init__(
        self,
        orchestrator: Orchestrator,
        store: ConversationStore,
        streams: Streams,
        board: ProviderBoard,
        choices: ProviderChoices,
        **history: Any,
    ) -> None:
        super().__init__(store, **history)
        self._orchestrator, self._streams = orchestrator, streams
        self._board, self._choices = board, choices

    async def Ask(self, request: pb.AskRequest, context: Any) -> AsyncIterator[pb.AskResponse]:
        text = normalised(request.question)
        if not text:
            raise InvalidField("question", "must hold something to read")
        self._orchestrator.composer.refuse_unknown(request.providers)
        try:
            question, first = await self._taken_in(request, text)
        except MeshError as refusal:
            for event in turned_away(text):
                yield event
            raise refusal
        if first:
            for event in _replayed(first):
                yield event
            return
        async with aclosing(self._streams.write(question, self._orchestrator.answer(question))) as events:
            async for event in events:
                yield event

    async def ResumeExchange(self, request: pb.ResumeExchangeRequest, context: Any) -> AsyncIterator[pb.AskResponse]:
        after = number_of(request.last_event_id, request.id)
        if await self._streams.known(request.id, current().owner):
            async with aclosing(self._streams.read(request.id, after)) as events:
                async for event in events:
                    yield event
            return
        turn = await self._stored(request.id)
        if turn is None or not turn.result:
            raise NotFound("id")
        for event in _replayed(turn, after):
            yield event

    async def StopExchange(self, request: pb.StopExchangeRequest, context: Any) -> pb.StopExchangeResponse:
        if not await self._streams.known(request.id, current().owner) and await self._stored(request.id) is None:
            raise NotFound("id")
        await self._streams.stop(request.id)
        return pb.StopExchangeResponse()

    async def ListProviders(self, request: pb.ListProvidersRequest, context: Any) -> pb.ListProvidersResponse:
        return pb.ListProvidersResponse(
            providers=[
                pb.Provider(name=one.name, model=one.model, roles=one.roles, status=one.status)
                for one in await self._board.shown()
            ],
            chosen=await self._choices.of(_session_id()),
        )

    async def ChooseProviders(self, request: pb.ChooseProvidersRequest, context: Any) -> pb.ChooseProvidersResponse:
        self._orchestrator.composer.refuse_unknown(request.providers)
        await self._choices.choose(_session_id(), request.providers)
        return pb.ChooseProvidersResponse(providers=request.providers)

    async def _taken_in(self, request: pb.AskRequest, text: str) -> tuple[Question, Turn | None]:
        """The question with its exchange opened, or the first answer to it. An emergency does not wait for that."""
        refusal = current().refusal
        if refusal:
            raise refusal
        try:
            async with asyncio.timeout(URGENT_SECONDS if urgent(text) else None):
                question = await self._question(request, text)
                return question, await self._opened(question)
        except TimeoutError:
            raise MeshError("UNAVAILABLE") from None

    async def _opened(self, question: Question) -> Turn | None:
        """Opens the exchange; the first answer when this is a repeated request."""
        opening = Opening(
            id=question.exchange_id,
            conversation_id=question.conversation_id,
            owner=question.owner,
            shard_id=question.shard_id,
            session_id=question.session_id,
            question=question.text,
            idempotency_key=question.idempotency_key,
            events=[received(question)],
        )
        return await self._store.open_or_first(opening)

    async def _stored(self, exchange_id: str) -> Turn | None:
        return await self._store.exchange(exchange_id, current().owner)

    async def _chosen(self) -> dict[str, str]:
        """What the session has chosen, as far as this deployment still has it."""
        return self._orchestrator.composer.usable(await self._choices.of(_session_id()))

    async def _question(self, request: pb.AskRequest, text: str) -> Question:
        person, conversation_id = current().person, request.conversation_id
        key = idempotency(current().idempotency_key, conversation_id, text)
        place = place_of(conversation_id, person) if conversation_id else None
        standing = Standing()
        if place:
            standing = await self._store.standing(conversation_id, place.owner, place.shard_id)
        if person and place == home(person) and not standing.exists:
            raise NotFound("conversation_id")
        if place is None or not standing.exists or (person and place != home(person)):
            # None given; an anonymous one that has expired; or one that began before the person signed in.
            conversation_id = await self._store.new_conversation(key, person)
            place = place_of(conversation_id, person)
        assert place is not None  # an id that was just made has one
        return Question(
            text=text,
            exchange_id=new_exchange_id(),
            conversation_id=conversation_id,
            owner=place.owner,
            shard_id=place.shard_id,
            session_id=_session_id(),
            location=request.location if request.HasField("location") else None,
            providers={**await self._chosen(), **request.providers},
            idempotency_key=key,
            resumable=request.resumable,
            standing=standing,
        )


def _session_id() -> str:
    person = current().person
    return person.session_id if person else ""


def _replayed(first: Turn, after: int = -1) -> list[pb.AskResponse]:
    """A stored answer as a short stream; its last event alone for who has seen the event number ``after``."""
    completed = pb.Completed.FromString(first.result)
    numbers = EventNumbers(first.id, after + 1)
    if after >= 0:
        return [numbers.event(completed=completed)]
    started = pb.Started(exchange_id=first.id, conversation_id=completed.conversation_id)
    events = [numbers.event(started=started)]
    if completed.emergency.level > 1:
        events.append(numbers.event(emergency=completed.emergency))
    events.append(numbers.event(delta=pb.Delta(text=completed.answer)))
    events.append(numbers.event(completed=completed))
    return events
