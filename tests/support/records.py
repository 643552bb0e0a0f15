"""People with records, for tests of what is kept of them: the orchestrator's storage without an orchestrator."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.events.v1 import events_pb2
from services.chatbot.answer import sealed
from services.chatbot.copies import Copies
from services.chatbot.erasure import Erasure
from services.chatbot.history_servicer import HistoryServicer
from services.chatbot.inspection import Inspection
from services.chatbot.outbox import OutboxRelay
from services.chatbot.ownership import place_of
from services.chatbot.question import idempotency, new_exchange_id
from services.chatbot.records import COMPLETED, Opening, Outcome, Turn
from services.chatbot.store import ConversationStore
from services.chatbot.sweep import Sweep
from services.chatbot.upkeep import Upkeep
from services.mesh.context import CallContext, Principal, entered
from services.mesh.people import Person, Role
from services.mesh.settings import Settings
from services.storage import clock
from services.storage.audit import AuditLog
from services.storage.cipher import Keyring
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import master_keys
from services.storage.migrate import migrate_all
from services.storage.recent import RecentTurns
from services.storage.redis import open_redis
from services.storage.shards import ShardDirectory
from services.storage.tables.shard import users

OPERATOR = Principal("operator", "cli")


class Records:
    """One replica of the orchestrator's storage. Several on the same settings see the same records."""

    def __init__(self, settings: Settings, retention: timedelta | None = None) -> None:
        self.settings = settings
        self.keys, self.redis = open_engine(key_url(settings), "keys"), open_redis(settings)
        self.directory = ShardDirectory(settings)
        self.keyring = Keyring(self.keys, master_keys(settings))
        self.recent = RecentTurns(self.redis, self.keyring, Turn)
        self.store = ConversationStore(self.directory, self.keyring, self.recent, retention)
        self.upkeep, self.copies = Upkeep(self.directory, retention), Copies(self.redis, self.recent)
        self.relay = OutboxRelay(self.directory, self.redis)
        self.sweep = Sweep(self.directory, self.upkeep, self.keyring, self.copies)
        self.audit = AuditLog(self.directory.global_engine)
        self.history = {
            "copies": self.copies,
            "erasure": Erasure(self.directory, self.upkeep, self.copies),
            "inspection": Inspection(self.audit, self.directory),
        }
        self.servicer = HistoryServicer(self.store, **self.history)
        self._people = itertools.count(1)

    async def close(self) -> None:
        await self.directory.dispose()
        await self.keys.dispose()
        await self.redis.aclose()

    # ---- people ----------------------------------------------------------------------------------------------

    async def person(self, role: Role = "user") -> Person:
        """A new person on the shard with most room."""
        account_id = new_exchange_id()
        shard_id = await self.directory.reserve(account_id, account_id.encode())
        moment = clock.now()
        row = {"id": account_id, "login": b"-", "login_hash": account_id.encode(), "password_hash": "-"}
        async with self.directory.writing(shard_id, "") as connection:
            await connection.execute(insert(users).values(**row, role=role, created_at=moment, updated_at=moment))
        await self.directory.activate(account_id)
        await self.keyring.cipher(account_id)
        return Person(account_id, f"s{next(self._people)}", shard_id, role)

    @contextmanager
    def calling(self, person: Person | None = None, principal: Principal | None = None) -> Iterator[None]:
        """The call that is being served is ``person``'s."""
        with entered(CallContext(principal=principal or Principal(), person=person)):
            yield

    async def call(self, method: str, request: Any, person: Person | None = None, **context: Any) -> Any:
        with self.calling(person, **context):
            return await getattr(self.servicer, method)(request, None)

    # ---- exchanges -------------------------------------------------------------------------------------------

    async def opening(
        self, person: Person | None = None, question: str = "타이레놀 용량", conversation_id: str = "", key: str = ""
    ) -> Opening:
        """An exchange that is about to begin, as the orchestrator would begin it."""
        stored = idempotency(key, conversation_id, question)
        conversation_id = conversation_id or await self.store.new_conversation(stored, person)
        place, id = place_of(conversation_id, person), new_exchange_id()
        assert place is not None
        received = events_pb2.QuestionReceived(exchange_id=id, conversation_id=conversation_id)
        events = [sealed(events_pb2.Envelope(question_received=received))]
        session_id = person.session_id if person else ""
        return Opening(id, conversation_id, place.owner, place.shard_id, session_id, question, stored, events)

    async def asked(self, *args: Any, **fields: Any) -> Opening:
        """An exchange that has been opened, and is not answered yet."""
        opening = await self.opening(*args, **fields)
        await self.store.open(opening)
        return opening

    async def answered(self, *args: Any, answer: str = "하루 4,000mg", **fields: Any) -> Opening:
        """An exchange that has been asked and answered."""
        opening = await self.asked(*args, **fields)
        await self.answer(opening, answer)
        return opening

    async def answer(self, opening: Opening, answer: str = "하루 4,000mg", state: str = COMPLETED) -> None:
        await self.store.close(
            opening.id, opening.conversation_id, opening.owner, opening.shard_id, outcome(opening, answer, state)
        )

    async def rows(self, table: Table) -> list[Any]:
        """Everything a table holds, on all shards."""
        found: list[Any] = []
        for shard_id in await self.directory.ids():
            async with self.directory.reading(shard_id) as connection:
                found += (await connection.execute(select(table))).all()
        return found


def outcome(opening: Opening, answer: str, state: str = COMPLETED) -> Outcome:
    ids = {"exchange_id": opening.id, "conversation_id": opening.conversation_id}
    done = events_pb2.ExchangeCompleted(**ids)
    completed = pb.Completed(**ids, answer=answer, domains=[1])
    return Outcome(
        state=state,
        answer=answer,
        result=completed.SerializeToString() if state == COMPLETED else b"",
        domains=[1],
        confidence=0.75,
        quality=0.5,
        total_ms=12,
        evidence=[(1, "drug/1", 0.9)],
        searches=[("DOMAIN_DRUG", 1, 3, "")],
        events=[sealed(events_pb2.Envelope(exchange_completed=done))],
    )


@asynccontextmanager
async def kept(settings: Settings, replicas: int = 1, **options: Any) -> AsyncIterator[list[Records]]:
    """Migrates the deployment and opens ``replicas`` replicas of the storage."""
    await migrate_all(settings)
    async with AsyncExitStack() as held:
        opened = [Records(settings, **options) for _ in range(replicas)]
        for one in opened:
            held.push_async_callback(one.close)
        yield opened
