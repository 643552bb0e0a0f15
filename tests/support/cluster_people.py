"""People of a deployment that is being hurt: they ask, try again with the same key as a client would, and remember
every answer that was acknowledged to them."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc

from medichain.account.v1 import account_pb2
from medichain.chatbot.v1 import chatbot_pb2
from services.mesh.client import channel_options
from services.mesh.errors import CallFailed, from_rpc
from services.mesh.settings import Settings

CHATBOT = "/medichain.chatbot.v1.ChatbotService/"
ACCOUNT = "/medichain.account.v1.AccountService/"
# What stands in everything a person writes here, and in no log.
MARK = "표시말7Q"
PASSWORD = f"말이 되는 긴 비밀 문장 {MARK}"
ATTEMPT_SECONDS, ATTEMPTS, MOST_PAUSE = 5.0, 4, 0.5
SETTLING_SECONDS = 240.0
QUESTIONS = (
    "타이레놀 하루에 몇 번 먹나요",
    "게보린 부작용이 뭐예요",
    "타이레놀이랑 게보린 같이 먹어도 되나요",
    "판콜 주의사항 알려 주세요",
    "코골이가 심한데 어느 과에 가나요",
    "무릎이 아픈데 어느 과에 가나요",
)
# What a client may be told while parts are away. Anything else is a fault.
TRANSIENT = frozenset({"UNAVAILABLE", "DEADLINE", "CONFLICT", "CANCELLED", "LIMITED"})


@dataclass(frozen=True)
class Question:
    """What is asked, and the key it is asked under, as often as it takes."""

    text: str
    key: str
    conversation_id: str


@dataclass(frozen=True)
class Refused:
    """An attempt that came to nothing, on the clock of time.monotonic."""

    reason: str
    began: float
    ended: float


@dataclass
class Person:
    """Somebody with an account. ``answers`` are what was acknowledged; ``doubtful`` questions were given up on."""

    login: str
    account_id: str
    shard_id: int
    token: str
    answers: dict[Question, chatbot_pb2.Completed] = field(default_factory=dict)
    doubtful: list[Question] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    last_answer_began: float = 0.0


class Crowd:
    """Everybody who asks, over plain gRPC connections that carry nothing but the person's own token."""

    def __init__(self, settings: Settings, source: random.Random, pause: float) -> None:
        options = channel_options()
        self._account, self._chatbot = (
            grpc.aio.insecure_channel(settings.address(name), options=options) for name in ("account", "chatbot")
        )
        self._source, self._pause = source, pause
        self._answered = asyncio.Event()
        self.people: list[Person] = []

    async def close(self) -> None:
        await self._account.close()
        await self._chatbot.close()

    async def register(self, name: object, shard_of: Callable[[str], Any]) -> None:
        """One more account. ``shard_of`` tells where the directory has put it."""
        login = f"{MARK}{name}"
        new = account_pb2.CreateAccountRequest(id=login, password=PASSWORD, name=f"이름{MARK}", phone="010-7777-0707")
        account_id = (await self._once(self._account, f"{ACCOUNT}CreateAccount", new, account_pb2.Account)).account_id
        shard_id = (await shard_of(account_id)).shard_id
        person = Person(login, account_id, shard_id, "")
        await self.log_in(person)
        self.people.append(person)

    async def log_in(self, person: Person) -> None:
        request = account_pb2.CreateSessionRequest(id=person.login, password=PASSWORD)
        tokens = await self._once(self._account, f"{ACCOUNT}CreateSession", request, account_pb2.SessionTokens)
        person.token = tokens.access_token

    async def keep_asking(self, person: Person, enough: asyncio.Event) -> None:
        """One question after the other, with a moment to read each answer."""
        while not enough.is_set():
            question = self._question(person)
            if await self._asked(person, question) is None:
                person.doubtful.append(question)
            await asyncio.sleep(self._source.uniform(0.0, self._pause))

    async def settle(self, person: Person) -> None:
        """Asks what was given up on until each question has its answer."""
        async with asyncio.timeout(SETTLING_SECONDS):
            while person.doubtful:
                if await self._asked(person, person.doubtful[0]) is not None:
                    person.doubtful.pop(0)

    async def ask(self, person: Person | None, question: Question) -> chatbot_pb2.Completed:
        """One attempt. Raises CallFailed. What was seen as completed counts, however the stream ends after it."""
        last = chatbot_pb2.AskResponse()
        try:
            async for event in self.asking(person, question):
                last = event
        except CallFailed:
            if not last.HasField("completed"):
                raise
        if not last.HasField("completed"):
            raise CallFailed(last.error.error)
        return last.completed

    async def ask_patiently(self, person: Person, question: Question) -> chatbot_pb2.Completed:
        """One attempt, after however long somebody who has asked very often is told to wait."""
        while True:
            try:
                return await self.ask(person, question)
            except CallFailed as failed:
                if failed.reason.name != "LIMITED" or not failed.retry_after:
                    raise
                wait = failed.retry_after
            await asyncio.sleep(wait)

    async def asking(
        self, person: Person | None, question: Question, seconds: float = ATTEMPT_SECONDS
    ) -> AsyncIterator[chatbot_pb2.AskResponse]:
        """The events of one attempt. Raises CallFailed."""
        request = chatbot_pb2.AskRequest(question=question.text, conversation_id=question.conversation_id)
        bearer = (("authorization", f"Bearer {person.token}"),) if person else ()
        opened = self._chatbot.unary_stream(
            f"{CHATBOT}Ask",
            request_serializer=chatbot_pb2.AskRequest.SerializeToString,
            response_deserializer=chatbot_pb2.AskResponse.FromString,
        )
        call = opened(request, timeout=seconds, metadata=(("idempotency-key", question.key), *bearer))
        try:
            async for event in call:
                yield event
        except grpc.aio.AioRpcError as error:
            raise from_rpc(error) from None
        finally:
            call.cancel()

    async def history(self, person: Person) -> list[chatbot_pb2.Exchange]:
        """Everything the person ever asked, as the product lists it."""
        found: list[chatbot_pb2.Exchange] = []
        request = chatbot_pb2.ListExchangesRequest(page_size=50)
        while True:
            page = await self._once(
                self._chatbot, f"{CHATBOT}ListExchanges", request, chatbot_pb2.ListExchangesResponse, person.token
            )
            found += page.exchanges
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def answered_since(self, moment: float) -> None:
        """Waits until everybody has had an answer to something asked after that moment."""
        while min(person.last_answer_began for person in self.people) <= moment:
            self._answered.clear()
            await self._answered.wait()

    @property
    def acknowledged(self) -> int:
        return sum(len(person.answers) for person in self.people)

    def reasons(self) -> Counter[str]:
        """Why attempts came to nothing, and how often."""
        return Counter(refused.reason for person in self.people for refused in person.refused)

    async def _asked(self, person: Person, question: Question) -> chatbot_pb2.Completed | None:
        for _ in range(ATTEMPTS):
            began = time.monotonic()
            try:
                answer = await self.ask(person, question)
            except CallFailed as failed:
                person.refused.append(Refused(failed.reason.name, began, time.monotonic()))
                if failed.reason.name == "SESSION_EXPIRED":  # an access token lives for a quarter of an hour
                    await self.log_in(person)
                await asyncio.sleep(min(failed.retry_after or 0.2, MOST_PAUSE))
            else:
                person.answers[question] = answer
                person.last_answer_began = began
                self._answered.set()
                return answer
        return None

    def _question(self, person: Person) -> Question:
        """A new question: in a new conversation, or in that of an earlier answer."""
        key = uuid.UUID(int=self._source.getrandbits(128)).hex
        earlier = self._source.choice([*person.answers.values(), None])
        going_on = earlier.conversation_id if earlier and self._source.random() < 0.5 else ""
        return Question(f"{self._source.choice(QUESTIONS)} {MARK}{key}", key, going_on)

    async def _once(self, channel: grpc.aio.Channel, path: str, request: Any, kind: Any, token: str = "") -> Any:
        call = channel.unary_unary(
            path, request_serializer=type(request).SerializeToString, response_deserializer=kind.FromString
        )
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        return await call(request, timeout=20, metadata=metadata, wait_for_ready=True)
