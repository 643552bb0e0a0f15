"""A shard or Redis that is away, full or flushed, seen by people: typed refusals with a time to try again, emergencies
told all the same, others unharmed, and nothing changed that should not be."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import grpc
import httpx
import pymysql
import pytest
from sqlalchemy import select, update

from medichain.chatbot.v1 import chatbot_pb2
from services.mesh.errors import CallFailed, from_rpc
from services.storage.tables.directory import shard_info, user_shard_mapping
from services.storage.tables.shard import consultation_history, session
from tests.support.cluster import HURT_SHARD, WELL_SHARD, Servers, servers
from tests.support.cluster_people import Crowd, Person, Question
from tests.support.cluster_verdict import opened
from tests.support.edge import running_edge
from tests.support.records import Records
from tests.support.running import running_mesh
from tests.support.servers import HOST, USER, MariaDb, Server
from tests.support.servers import PASSWORD as DATABASE_PASSWORD

SERVICES = ("category", "drug", "clinic", "emergency_support", "internal_external", "chatbot", "account")
EMERGENCY = "아버지가 갑자기 쓰러져서 숨을 안 쉬어요"
SOON, NEVER_LONGER = 6.0, 30.0

pytestmark = pytest.mark.xdist_group("processes")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, prepared) -> Iterator[Servers]:
    """Servers that tests hurt and leave well."""
    with servers(tmp_path_factory.mktemp("away"), prepared) as found:
        yield found


@pytest.fixture
async def crowd(started: Servers) -> AsyncIterator[Crowd]:
    """One person on each shard, logged in, of a mesh without `knowledge`."""
    async with running_mesh(started.settings, SERVICES), opened(started.settings) as records:
        crowd = Crowd(started.settings, random.Random(uuid.uuid4().int), 0)
        while {person.shard_id for person in crowd.people} != {WELL_SHARD, HURT_SHARD}:
            await crowd.register(uuid.uuid4().hex[:12], records.directory.mapping)
        yield crowd
        await crowd.close()


@pytest.fixture
async def records(started: Servers, crowd: Crowd) -> AsyncIterator[Records]:
    async with opened(started.settings) as found:
        yield found


@pytest.fixture
def well(crowd: Crowd) -> Person:
    return next(person for person in crowd.people if person.shard_id == WELL_SHARD)


@pytest.fixture
def hurt(crowd: Crowd) -> Person:
    return next(person for person in crowd.people if person.shard_id == HURT_SHARD)


def question(text: str = "코골이가 심한데 어느 과에 가나요") -> Question:
    return Question(text, uuid.uuid4().hex, "")


async def said(crowd: Crowd, person: Person | None, asked: Question) -> tuple[list[str], CallFailed | None]:
    """The kinds of the events that came, and what ended them."""
    kinds: list[str] = []
    events = crowd.asking(person, asked, NEVER_LONGER)
    while True:
        try:
            event = await anext(events)
        except StopAsyncIteration:
            return kinds, None
        except CallFailed as failed:
            return kinds, failed
        kinds.append(str(event.WhichOneof("event")))


async def refused(crowd: Crowd, person: Person, asked: Question | None = None) -> None:
    """The person is told soon, and typed, when to try again; and an emergency of theirs is told before that."""
    began = time.monotonic()
    kinds, failure = await said(crowd, person, asked or question())
    assert (kinds, failure and failure.reason.name) == ([], "UNAVAILABLE")
    assert failure is not None
    assert failure.answered
    assert failure.retry_after
    assert time.monotonic() - began < SOON
    kinds, failure = await said(crowd, person, question(EMERGENCY))
    assert kinds[:2] == ["started", "emergency"]
    assert failure is None or failure.reason.name == "UNAVAILABLE"


async def answered(crowd: Crowd, person: Person | None, asked: Question | None = None) -> chatbot_pb2.Completed:
    return await crowd.ask(person, asked or question())


async def again(crowd: Crowd, person: Person, asked: Question) -> chatbot_pb2.Completed:
    """The answer, as soon as what was away is found again."""
    async with asyncio.timeout(NEVER_LONGER):
        while True:
            try:
                return await crowd.ask(person, asked)
            except CallFailed as failed:
                if failed.reason.name != "UNAVAILABLE":
                    raise
            await asyncio.sleep(0.1)


async def asked_by(records: Records, person: Person) -> list[str]:
    return [row.id for row in await records.rows(consultation_history) if row.user_id == person.account_id]


# ---- ways to be away -------------------------------------------------------------------------------------------------


@contextmanager
def dead(server: Server) -> Iterator[None]:
    server.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def hanging(server: Server) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.resume()


@contextmanager
def read_only(server: MariaDb) -> Iterator[None]:
    server.execute("SET GLOBAL read_only = 1")
    try:
        yield
    finally:
        server.execute("SET GLOBAL read_only = 0")


@contextmanager
def out_of_connections(server: MariaDb) -> Iterator[None]:
    """Somebody else holds all of them, and the product has lost its own."""
    server.execute("SET GLOBAL max_connections = 10")
    try:
        server.execute(f"KILL USER {USER}")
        with ExitStack() as held:
            for _ in range(10):
                taken = pymysql.connect(host=HOST, port=server.port, user=USER, password=DATABASE_PASSWORD)
                held.enter_context(taken)
            yield
    finally:
        server.execute("SET GLOBAL max_connections = 300")


# ---- a shard ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [dead, hanging, read_only, out_of_connections])
async def test_only_its_own_people_notice_a_shard_that_is_away(started, crowd, records, well, hurt, away):
    first, later = await answered(crowd, hurt), question()
    with away(started.weak):
        asking = [asyncio.create_task(refused(crowd, hurt, later)) for _ in range(5)]
        began = time.monotonic()
        await asyncio.gather(*(answered(crowd, well) for _ in range(10)))
        assert time.monotonic() - began < SOON
        await asyncio.gather(*asking)
        await answered(crowd, well)
    back = await again(crowd, hurt, later)
    emergencies = {exchange.id for exchange in await crowd.history(hurt) if exchange.question == EMERGENCY}
    assert set(await asked_by(records, hurt)) - emergencies == {first.exchange_id, back.exchange_id}


async def test_a_shard_that_is_restarted_while_it_is_answered_from_keeps_the_answer(started, crowd, records, hurt):
    asked, kinds = question(), list[str]()
    async for event in crowd.asking(hurt, asked, seconds=NEVER_LONGER):
        kinds.append(str(event.WhichOneof("event")))
        if kinds == ["started"]:
            await asyncio.to_thread(started.weak.kill)
            await asyncio.to_thread(started.weak.start)
    assert kinds[-1] == "completed"
    assert await asked_by(records, hurt) == [event.completed.exchange_id]
    assert (await crowd.ask(hurt, asked)).exchange_id == event.completed.exchange_id


async def test_the_edge_says_503_and_when_to_try_again(started, crowd, hurt):
    async with running_edge(started.settings) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        bearer = {"Authorization": f"Bearer {hurt.token}"}
        with dead(started.weak):
            answer = await client.post("/v1/conversations:ask", json={"question": "감기약"}, headers=bearer)
            profile = await client.get("/v1/accounts/me", headers=bearer)
    for refusal in (answer, profile):
        assert (refusal.status_code, refusal.json()["error"]) == (503, "UNAVAILABLE")
        assert int(refusal.headers["retry-after"]) >= 1


async def test_full_shards_take_nobody_and_keep_everybody(crowd, records, well, hurt):
    glob = records.directory.global_engine
    before = select(shard_info.c.id, shard_info.c.max_users, shard_info.c.current_users)
    async with glob.begin() as connection:
        await connection.execute(update(shard_info).values(max_users=shard_info.c.current_users))
        counts = (await connection.execute(before)).all()
    login = f"late{uuid.uuid4().hex[:12]}"
    with pytest.raises(grpc.aio.AioRpcError) as told:
        await crowd.register(login, records.directory.mapping)
    refusal = from_rpc(told.value)
    assert refusal.reason.name == "NO_ROOM"
    assert refusal.retry_after
    await asyncio.gather(answered(crowd, well), answered(crowd, hurt))
    async with glob.begin() as connection:
        assert (await connection.execute(before)).all() == counts
        states = await connection.scalars(select(user_shard_mapping.c.state).distinct())
        assert states.all() == ["active"]
        await connection.execute(update(shard_info).values(max_users=10_000))
    await crowd.register(login, records.directory.mapping)


# ---- Redis -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [dead, hanging])
async def test_without_redis_people_wait_and_emergencies_and_strangers_do_not(
    started, crowd, records, well, hurt, away
):
    first = question()
    answer = await answered(crowd, well, first)
    with away(started.redis):
        await asyncio.sleep(1)  # a judged session counts for 0.8 s
        await asyncio.gather(*(refused(crowd, person) for person in (well, hurt)))
        assert (await answered(crowd, None)).answer
    assert await again(crowd, well, first) == answer
    assert [exchange.id for exchange in await crowd.history(well)] == [answer.exchange_id]
    assert await asked_by(records, well) == [answer.exchange_id]


async def test_after_a_flush_people_log_in_again_and_find_everything(crowd, records, well):
    first = question()
    answer = await answered(crowd, well, first)
    await records.redis.flushall()
    await asyncio.sleep(1)
    kinds, failure = await said(crowd, well, question())
    assert (kinds, failure and failure.reason.name) == ([], "SESSION_EXPIRED")
    kinds, failure = await said(crowd, well, question(EMERGENCY))
    assert kinds[:2] == ["started", "emergency"]
    await crowd.log_in(well)
    assert await answered(crowd, well, first) == answer
    assert [exchange.id for exchange in await crowd.history(well)] == [answer.exchange_id]


@asynccontextmanager
async def full(records: Records) -> AsyncIterator[None]:
    await records.redis.config_set("maxmemory-policy", "noeviction")
    await records.redis.config_set("maxmemory", "1")
    try:
        yield
    finally:
        await records.redis.config_set("maxmemory", "0")


async def test_while_redis_is_full_people_ask_on_and_nobody_new_gets_in(crowd, records, well):
    rows = len(await records.rows(session))
    async with full(records):
        answers = [await answered(crowd, well) for _ in range(3)]
        assert (await answered(crowd, None)).answer
        kinds, failure = await said(crowd, well, question(EMERGENCY))
        assert ("emergency" in kinds, failure) == (True, None)
        with pytest.raises(grpc.aio.AioRpcError) as told:
            await crowd.log_in(well)
    refusal = from_rpc(told.value)
    assert refusal.reason.name == "UNAVAILABLE"
    assert refusal.retry_after
    ended = [row for row in (await records.rows(session))[rows:] if row.ended_at is None]
    assert ended == []
    listed = {exchange.id for exchange in await crowd.history(well)}
    assert {answer.exchange_id for answer in answers} <= listed
    await crowd.log_in(well)
