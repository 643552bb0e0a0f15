"""What ChatbotService offers on conversations that have been stored: decode, call, encode."""

from __future__ import annotations

from typing import Any

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot import feedback
from services.chatbot.announced import rated
from services.chatbot.copies import Copies
from services.chatbot.erasure import Erasure
from services.chatbot.history import PAGE, Cursor, needle, older_than, read, title, written
from services.chatbot.inspection import Inspection
from services.chatbot.ownership import Place, home, place_of
from services.chatbot.records import OPEN, Line, Rating, Turn
from services.chatbot.search import Search
from services.chatbot.store import ConversationStore
from services.mesh.context import current
from services.mesh.errors import InvalidField, MeshError, NotFound
from services.storage.clock import shown

INSPECTED = 100


class HistoryServicer:
    """Lists, shows, searches, rates and removes what was asked and answered."""

    def __init__(self, store: ConversationStore, *, copies: Copies, erasure: Erasure, inspection: Inspection) -> None:
        self._store, self._copies, self._erasure, self._inspection = store, copies, erasure, inspection

    async def ListConversations(
        self, request: pb.ListConversationsRequest, context: Any
    ) -> pb.ListConversationsResponse:
        place, size, start = _own(), request.page_size or PAGE, read(request.page_token)
        wanted = needle(request.query)
        if wanted:
            lines, further = await Search(self._store, place, wanted).page(size, start)
        else:
            found = await self._store.lines(place, size + 1, start.key if start else None)
            lines, further = found[:size], None
            if len(found) > size:
                further = Cursor(lines[-1].updated_at, lines[-1].id)
        questions = await self._store.first_questions(place, [line.id for line in lines])
        return pb.ListConversationsResponse(
            conversations=[_conversation(line, questions.get(line.id, "")) for line in lines],
            next_page_token=written(further),
        )

    async def ListExchanges(self, request: pb.ListExchangesRequest, context: Any) -> pb.ListExchangesResponse:
        size = request.page_size or PAGE
        turns = await self._store.exchanges(_own(), size + 1, older_than(request.page_token))
        return pb.ListExchangesResponse(exchanges=_exchanges(turns[:size]), next_page_token=_further(turns, size))

    async def GetConversation(self, request: pb.GetConversationRequest, context: Any) -> pb.GetConversationResponse:
        before = older_than(request.page_token)
        place = place_of(request.id, current().person)
        return await self._shown(place, request.id, request.page_size or PAGE, before)

    async def DeleteConversation(
        self, request: pb.DeleteConversationRequest, context: Any
    ) -> pb.DeleteConversationResponse:
        place = place_of(request.id, current().person)
        removed = await self._store.delete(place, request.id) if place else None
        if place is None or removed is None:
            raise NotFound("id")
        await self._copies.forget(place.owner, request.id, removed)
        return pb.DeleteConversationResponse()

    async def RateExchange(self, request: pb.RateExchangeRequest, context: Any) -> pb.RateExchangeResponse:
        person = current().person
        turn = await self._store.exchange(request.id, current().owner, person.shard_id if person else 0)
        if turn is None:
            raise NotFound("id")
        if turn.state == OPEN:
            raise MeshError("PRECONDITION")
        event = rated(turn.id, request.score)
        if not await self._store.rate(turn, request.score, request.comment, event):
            raise NotFound("id")
        return pb.RateExchangeResponse()

    async def InspectConversation(
        self, request: pb.InspectConversationRequest, context: Any
    ) -> pb.GetConversationResponse:
        before = older_than(request.page_token)
        place = await self._inspection.permitted(request.id, request.account_id, request.reason)
        return await self._shown(place, request.id, INSPECTED, before)

    async def ExportFeedback(self, request: pb.ExportFeedbackRequest, context: Any) -> pb.ExportFeedbackResponse:
        start = read(request.page_token) or feedback.beginning(request.since)
        ratings, further = await feedback.page(self._store, await self._store.directory.ids(), start)
        return pb.ExportFeedbackResponse(
            feedback=[_feedback(rating) for rating in ratings], next_page_token=written(further)
        )

    async def EraseRecords(self, request: pb.EraseRecordsRequest, context: Any) -> pb.EraseRecordsResponse:
        account_id = request.account_id or current().owner
        if not account_id:
            raise InvalidField("account_id", "is needed when the call is made for nobody")
        return pb.EraseRecordsResponse(exchanges=await self._erasure.erase(account_id))

    async def _shown(self, place: Place | None, id: str, size: int, before: str) -> pb.GetConversationResponse:
        if place is None or not await self._store.has(place, id):
            raise NotFound("id")
        turns = await self._store.turns_of(place, id, size + 1, before)
        return pb.GetConversationResponse(
            id=id, exchanges=_exchanges(turns[:size]), next_page_token=_further(turns, size)
        )


def _own() -> Place:
    person = current().person
    if person is None:
        raise MeshError("UNAUTHENTICATED")
    return home(person)


def _further(turns: list[Turn], size: int) -> str:
    return turns[size - 1].id if len(turns) > size else ""


def _conversation(line: Line, question: str) -> pb.Conversation:
    return pb.Conversation(
        id=line.id,
        title=title(question),
        started_at=shown(line.created_at),
        updated_at=shown(line.updated_at),
        exchanges=line.exchanges,
    )


def _exchanges(turns: list[Turn]) -> list[pb.Exchange]:
    return [_exchange(turn) for turn in turns]


def _exchange(turn: Turn) -> pb.Exchange:
    completed = pb.Completed.FromString(turn.result)
    return pb.Exchange(
        id=turn.id,
        question=turn.question,
        answer=turn.answer,
        state=turn.state,
        asked_at=shown(turn.created_at),
        domains=completed.domains,
        citations=completed.citations,
        emergency_level=turn.emergency_level,  # type: ignore[arg-type]
        conversation_id=turn.conversation_id,
        confidence=turn.confidence,
        score=turn.score,
        comment=turn.comment,
    )


def _feedback(rating: Rating) -> pb.Feedback:
    return pb.Feedback(
        exchange_id=rating.exchange_id,
        score=rating.score,
        comment=rating.comment,
        domains=rating.domains,  # type: ignore[arg-type]
        confidence=rating.confidence,
        quality=rating.quality,
        rated_at=shown(rating.rated_at),
    )
