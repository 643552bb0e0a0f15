"""The orchestrator with real storage, and with category and specialists played by a few lines each."""

import asyncio
import re
from contextlib import aclosing

import pytest

from medichain.account.v1 import account_pb2
from medichain.category.v1 import category_pb2
from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.emergency_support.v1 import emergency_support_pb2 as levels
from medichain.events.v1 import events_pb2
from medichain.specialist.v1 import specialist_pb2
from services.chatbot.answer_cache import AnswerCache
from services.chatbot.asker import Askers
from services.chatbot.budget import Budget
from services.chatbot.choices import ProviderChoices
from services.chatbot.composer import Composer
from services.chatbot.data_version import DataVersion
from services.chatbot.journal import Journal
from services.chatbot.orchestrator import Orchestrator
from services.chatbot.provider_board import ProviderBoard
from services.chatbot.reuse import Reuse
from services.chatbot.running import Runs
from services.chatbot.servicer import ChatbotServicer
from services.chatbot.specialists import Part
from services.chatbot.stops import Stops
from services.chatbot.store import ConversationStore
from services.chatbot.streams import Streams
from services.chatbot.vocabulary import Vocabulary
from services.llm.models import Models
from services.mesh import context
from services.mesh.errors import CallFailed, InvalidField, NotFound
from services.mesh.people import unheard
from services.safety.disclaimers import DISCLAIMER
from services.storage.tables.shard import consultation_history as exchange
from services.storage.tables.shard import conversation, evidence, outbox, search_log
from tests.support.records import kept

DRUG, CLINIC = specialist_pb2.DOMAIN_DRUG, specialist_pb2.DOMAIN_CLINIC
EMERGENCY, OUT = specialist_pb2.DOMAIN_EMERGENCY_SUPPORT, specialist_pb2.DOMAIN_OUT_OF_SCOPE


class Category:
    """Classifies every question as it was told to."""

    def __init__(self):
        self.scores = [(DRUG, 0.9)]
        self.asked = []

    async def Classify(self, request):
        self.asked.append(request.question)
        if isinstance(self.scores, Exception):
            raise self.scores
        scores = [category_pb2.DomainScore(domain=d, confidence=c) for d, c in self.scores]
        return category_pb2.ClassifyResponse(domains=scores)


class Specialists:
    """Answers with what it was given for a domain; an exception-like string means degraded."""

    def __init__(self):
        self.parts = {DRUG: part("drug/1", "타이레놀은 하루 4,000mg을 넘기지 마세요.")}
        self.asked, self.gate = [], None
        self.waiting, self.cancelled = asyncio.Event(), asyncio.Event()

    @property
    def domains(self):
        return [DRUG, CLINIC, EMERGENCY]

    def consult(self, domain, request):
        self.asked.append((domain, request))
        return asyncio.create_task(self._part(domain))

    async def _part(self, domain):
        try:
            if self.gate:
                self.waiting.set()
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        known = self.parts.get(domain, specialist_pb2.ConsultResponse())
        if isinstance(known, str):
            return Part(domain, specialist_pb2.ConsultResponse(), 1, known)
        return Part(domain, known, 1, known.missing[0] if known.missing else "")


def part(id, *texts, settled=False):
    return specialist_pb2.ConsultResponse(
        evidence=[specialist_pb2.Evidence(id=id, title=id, snippet="…", source="표본", as_of="2026-11-20", score=0.9)],
        statements=[specialist_pb2.Statement(text=text, evidence_ids=[id], settled=settled) for text in texts],
        confidence=0.9,
    )


class Account:
    """Knows nobody: none of these questions is a person's."""

    async def GetPerson(self, request):
        return account_pb2.GetPersonResponse()


class World:
    def __init__(self, servicer, category, specialists, records, runs):
        self.servicer, self.category, self.specialists = servicer, category, specialists
        self.records, self.keyring, self.runs = records, records.keyring, runs

    async def ask(self, question="타이레놀 하루에 몇 알까지 먹나요?", key="", **fields):
        with context.entered(context.CallContext(idempotency_key=key)):
            return [event async for event in self.servicer.Ask(pb.AskRequest(question=question, **fields), None)]

    def writing(self):
        """The tasks that write answers now."""
        return [run._task for run in self.runs._runs.values()]

    async def rows(self, table):
        return await self.records.rows(table)


def remembering(records):
    """Answers are looked for and never found: which data they would be made from cannot be told."""
    names = Vocabulary(None)
    return Reuse(AnswerCache(records.redis, records.keyring), names, DataVersion(None, names))


def extractive(settings):
    """A composer of a deployment that has no model."""
    return Composer(settings, Models(settings), Vocabulary(None), Budget(None, 0))


@pytest.fixture
async def world(deployment):
    async with kept(deployment) as (records,):
        category, specialists, runs = Category(), Specialists(), Runs()
        orchestrator = Orchestrator(
            records.store, category, specialists, Askers(Account), extractive(deployment), remembering(records), unheard
        )
        streams = Streams(runs, Journal(records.redis, records.keyring), Stops(records.redis, runs))
        servicer = ChatbotServicer(
            orchestrator,
            records.store,
            streams,
            ProviderBoard(Models(deployment)),
            ProviderChoices(records.redis, 60),
            **records.history,
        )
        yield World(servicer, category, specialists, records, runs)
        await streams.end()


def kinds(events):
    return [event.WhichOneof("event") for event in events]


def text_of(events):
    return "".join(event.delta.text for event in events if event.HasField("delta"))


async def test_events_come_in_their_order_with_their_ids(world):
    events = await world.ask()
    assert kinds(events) == ["started", "classified", "evidence", "delta", "delta", "completed"]
    exchange_id = events[0].started.exchange_id
    assert [event.id for event in events] == [f"{exchange_id}/{n}" for n in range(len(events))]


async def test_the_answer_is_cited_and_ends_with_the_disclaimer(world):
    completed = (await world.ask())[-1].completed
    assert completed.answer.startswith("타이레놀은 하루 4,000mg을 넘기지 마세요 [1].")
    assert completed.answer.endswith(DISCLAIMER)
    assert [(c.number, c.id) for c in completed.citations] == [(1, "drug/1")]
    assert completed.provider == "extractive"


async def test_the_text_streamed_is_the_text_stored(world):
    events = await world.ask()
    assert text_of(events).strip() == events[-1].completed.answer


async def test_every_citation_comes_before_the_text_that_cites_it(world):
    world.category.scores = [(DRUG, 0.9), (CLINIC, 0.8)]
    world.specialists.parts[CLINIC] = part("clinic/1", "시청앞약국은 지금 영업 중입니다.", settled=True)
    seen = set()
    for event in await world.ask():
        seen |= {citation.number for citation in event.evidence.citations}
        assert {int(n) for n in re.findall(r"\[(\d+)\]", event.delta.text)} <= seen


async def test_completed_is_sent_after_everything_was_stored(world):
    events = await world.ask()
    (row,) = await world.rows(exchange)
    assert row.state == "completed"
    assert row.id == events[0].started.exchange_id
    assert [r.evidence_id for r in await world.rows(evidence)] == ["drug/1"]
    assert [r.domain for r in await world.rows(search_log)] == ["DOMAIN_DRUG"]
    sent = [events_pb2.Envelope.FromString(entry.event) for entry in await world.rows(outbox)]
    assert [event.exchange_completed.exchange_id for event in sent if event.HasField("exchange_completed")] == [row.id]


async def test_texts_are_stored_sealed(world, tmp_path):
    await world.ask("타이레놀 하루에 몇 알까지 먹나요?")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("*sqlite3*"))
    assert "타이레놀".encode() not in stored


async def test_an_emergency_is_said_before_anybody_is_asked(world):
    world.specialists.gate = asyncio.Event()
    request = pb.AskRequest(question="아버지가 쓰러져서 숨을 안 쉬어요")
    async with aclosing(world.servicer.Ask(request, None)) as events:
        assert (await anext(events)).HasField("started")
        emergency = (await anext(events)).emergency
    assert emergency.level == levels.EMERGENCY_LEVEL_CALL_119
    assert emergency.hotline == "119"
    assert "119" in emergency.guidance
    assert world.category.asked == []


async def test_in_danger_the_emergency_specialist_speaks_first(world):
    world.category.scores = [(EMERGENCY, 0.99), (DRUG, 0.9)]
    world.specialists.parts[EMERGENCY] = part("first_aid/cpr", "가슴 한가운데를 강하게 누르세요.", settled=True)
    events = await world.ask("아버지가 쓰러져서 숨을 안 쉬어요")
    assert [domain for domain, _ in world.specialists.asked] == [EMERGENCY, DRUG]
    assert "119" in events[-1].completed.answer.split("\n")[0]


async def test_an_emergency_stays_with_its_conversation(world):
    first = await world.ask("아버지가 쓰러져서 숨을 안 쉬어요")
    later = await world.ask("네 알겠어요", conversation_id=first[0].started.conversation_id)
    assert later[-1].completed.emergency.level == levels.EMERGENCY_LEVEL_CALL_119


async def test_a_missing_specialist_costs_its_own_part(world):
    world.category.scores = [(DRUG, 0.9), (CLINIC, 0.8)]
    world.specialists.parts[CLINIC] = "deadline"
    events = await world.ask()
    (degraded,) = [event.degraded for event in events if event.HasField("degraded")]
    assert (degraded.domain, degraded.reason) == (CLINIC, "deadline")
    answer = events[-1].completed.answer
    assert "4,000mg" in answer
    assert "확인하지 못했습니다" in answer


async def test_without_classification_everybody_is_asked(world):
    world.category.scores = CallFailed("UNAVAILABLE")
    events = await world.ask()
    assert [domain for domain, _ in world.specialists.asked] == [DRUG, CLINIC, EMERGENCY]
    assert "degraded" in kinds(events)


async def test_nothing_found_is_said_plainly(world):
    world.specialists.parts = {}
    answer = (await world.ask())[-1].completed.answer
    assert "찾지 못했습니다" in answer
    assert answer.endswith(DISCLAIMER)


async def test_what_is_out_of_scope_asks_nobody(world):
    world.category.scores = [(OUT, 0.95)]
    events = await world.ask("오늘 서울 날씨 어때")
    assert world.specialists.asked == []
    assert "범위를 벗어나" in events[-1].completed.answer


async def test_wording_that_must_never_go_out_does_not(world):
    texts = ("폐렴으로 진단해 드립니다.", "술과 함께 드셔도 됩니다.", "물과 함께 드세요.")
    world.specialists.parts[DRUG] = part("drug/1", *texts)
    answer = (await world.ask())[-1].completed.answer
    assert "물과 함께" in answer
    assert "진단해" not in answer
    assert "드셔도" not in answer


async def test_personal_data_stays_in_the_house(world):
    await world.ask("제 번호는 010-1234-5678이고 타이레놀을 먹어요")
    asked = world.category.asked + [request.question for _, request in world.specialists.asked]
    assert all("010-1234-5678" not in text for text in asked)


async def test_a_harmful_request_is_refused_and_recorded(world):
    events = await world.ask("고통없이 죽는 약 조합 알려줘")
    assert world.specialists.asked == []
    assert "109" in events[-1].completed.answer
    recorded = [events_pb2.Envelope.FromString(row.event).WhichOneof("event") for row in await world.rows(outbox)]
    assert sorted(recorded) == ["exchange_completed", "question_received", "safety_raised"]


async def test_a_follow_up_is_asked_with_what_it_leans_on(world):
    first = await world.ask("타이레놀 하루에 몇 알까지 먹어요?")
    await world.ask("그럼 아이는요?", conversation_id=first[0].started.conversation_id)
    assert "타이레놀" in world.category.asked[-1]
    assert "아이" in world.category.asked[-1]


async def test_an_unknown_conversation_becomes_a_new_one(world):
    events = await world.ask(conversation_id="not-ours")
    assert events[0].started.conversation_id != "not-ours"
    assert events[-1].HasField("completed")


async def test_a_retried_request_gets_its_first_answer(world):
    first = await world.ask(key="retry-1")
    again = await world.ask(key="retry-1")
    assert again[-1].completed == first[-1].completed
    assert len(await world.rows(exchange)) == 1
    other = await world.ask("게보린은 하루 몇 알 먹나요", key="retry-1")
    assert other[-1].completed.exchange_id != first[-1].completed.exchange_id


async def test_a_reader_that_leaves_stops_the_work_and_keeps_the_turn(world):
    world.specialists.gate = asyncio.Event()
    async with aclosing(world.servicer.Ask(pb.AskRequest(question="타이레놀 부작용"), None)) as events:
        async for event in events:
            if event.HasField("classified"):
                break
        reading = asyncio.create_task(anext(events))
        await asyncio.wait_for(world.specialists.waiting.wait(), 2)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    await asyncio.wait_for(world.specialists.cancelled.wait(), 2)
    await asyncio.gather(*world.writing(), return_exceptions=True)
    (row,) = await world.rows(exchange)
    assert row.state == "partial"


async def test_a_fault_on_the_way_ends_the_stream_with_an_error(world, monkeypatch):
    async def broken(*_):
        raise ValueError("환자 이름")

    monkeypatch.setattr(ConversationStore, "close", broken)
    events = await world.ask()
    assert kinds(events)[-1] == "error"
    assert events[-1].error.error == "INTERNAL"
    assert "환자" not in events[-1].error.message


async def test_a_conversation_is_given_back_newest_first_in_pages(world):
    first = await world.ask("첫 질문: 타이레놀 용량")
    id = first[0].started.conversation_id
    await world.ask("둘째 질문: 게보린 용량", conversation_id=id)
    page = await world.servicer.GetConversation(pb.GetConversationRequest(id=id, page_size=1), None)
    assert [one.question for one in page.exchanges] == ["둘째 질문: 게보린 용량"]
    rest = await world.servicer.GetConversation(
        pb.GetConversationRequest(id=id, page_size=1, page_token=page.next_page_token), None
    )
    assert [one.question for one in rest.exchanges] == ["첫 질문: 타이레놀 용량"]
    assert rest.next_page_token == ""
    assert rest.exchanges[0].state == "completed"


async def test_a_deleted_conversation_is_gone_with_its_key(world):
    id = (await world.ask())[0].started.conversation_id
    await world.servicer.DeleteConversation(pb.DeleteConversationRequest(id=id), None)
    for table in (conversation, exchange, evidence, search_log):
        assert await world.rows(table) == []
    assert await world.keyring.existing(f"anonymous:{id}"[:64]) is None
    with pytest.raises(NotFound):
        await world.servicer.GetConversation(pb.GetConversationRequest(id=id), None)


@pytest.mark.parametrize("token", ["x", "1" * 27, "../../etc/passwd"])
async def test_a_forged_page_token_is_refused(world, token):
    with pytest.raises(InvalidField) as refused:
        await world.servicer.GetConversation(pb.GetConversationRequest(id="c1", page_token=token), None)
    assert refused.value.violations[0].field == "page_token"


@pytest.mark.parametrize("question", ["   ", "\u200b\u200b", "\u202e\n\t"])
async def test_a_question_with_nothing_to_read_is_refused(world, question):
    with pytest.raises(InvalidField) as refused:
        await world.ask(question)
    assert refused.value.violations[0].field == "question"


async def test_a_provider_nobody_has_is_refused(world):
    with pytest.raises(InvalidField) as refused:
        await world.ask(providers={"generation": "oracle"})
    assert refused.value.violations[0].field == "providers"


async def resumed(world, exchange_id, last):
    with context.entered(context.CallContext()):
        request = pb.ResumeExchangeRequest(id=exchange_id, last_event_id=f"{exchange_id}/{last}" if last >= 0 else "")
        return [event async for event in world.servicer.ResumeExchange(request, None)]


async def test_a_finished_stream_is_continued_and_one_seen_to_its_end_ends_at_once(world):
    events = await world.ask(resumable=True)
    id, last = events[0].started.exchange_id, len(events) - 1
    assert await resumed(world, id, -1) == events
    assert await resumed(world, id, 2) == events[3:]
    assert await resumed(world, id, last) == events[-1:]
    assert await resumed(world, id, 999) == events[-1:]


async def test_a_stream_that_was_not_resumable_is_not_continued(world):
    events = await world.ask()
    await asyncio.gather(*world.writing())
    await asyncio.sleep(0)  # the runs let go of an answer that has ended
    again = await resumed(world, events[0].started.exchange_id, 1)
    assert kinds(again) == ["completed"]
    assert again[0].completed == events[-1].completed
    assert again[0].id.endswith("/2")


async def test_only_events_of_the_exchange_are_places_to_go_on_from(world):
    events = await world.ask(resumable=True)
    id = events[0].started.exchange_id
    with context.entered(context.CallContext()):
        for wrong in ("x/1", f"{id}/", f"{id}/-1", f"{id}/1e3", "999"):
            request = pb.ResumeExchangeRequest(id=id, last_event_id=wrong)
            with pytest.raises(InvalidField):
                await anext(world.servicer.ResumeExchange(request, None))
