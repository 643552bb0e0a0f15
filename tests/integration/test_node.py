"""A serving process as it is put together, on both kinds of deployment: sessions, limits, security stream, health."""

import asyncio
import contextlib

import grpc
import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from medichain.chatbot.v1 import chatbot_pb2
from medichain.events.v1 import events_pb2
from services.cli.node import opened, recorded
from services.mesh.errors import CallFailed, from_rpc
from services.mesh.people import SessionState
from services.mesh.server import MeshServer
from services.storage.engine import global_url, open_engine
from services.storage.migrate import migrate_all
from services.storage.sessions import Begun, SessionRegister
from services.storage.tables.directory import service_health
from tests.integration.test_tokens_attacked import Chatbot
from tests.support.people import Signer

CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
REQUESTS = {
    "ListConversations": chatbot_pb2.ListConversationsRequest(),
    "GetConversation": chatbot_pb2.GetConversationRequest(id="c"),
    "EraseRecords": chatbot_pb2.EraseRecordsRequest(),
}


class Node:
    """A process that serves the orchestrator's contract, and the way into it."""

    def __init__(self, host, port, signer, redis):
        self._port, self._signer = port, signer
        self.register, self.redis, self.host = SessionRegister(redis), redis, host

    async def log_in(self, session):
        await self.register.start(Begun(session, "a1", 1, "user", "hash", b"", 900))
        return self._signer.token("a1", session)

    async def call(self, method, token=None):
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{self._port}") as channel:
            try:
                rpc = channel.unary_unary(f"/{CHATBOT.full_name}/{method}")
                await rpc(REQUESTS[method].SerializeToString(), metadata=metadata, timeout=5)
            except grpc.aio.AioRpcError as error:
                raise from_rpc(error) from None

    async def events(self, count):
        """The first events of the security stream, waited for: nobody who is refused waits for them."""
        async with asyncio.timeout(5):
            while await self.redis.xlen("medichain:security") < count:  # noqa: ASYNC110 (another process writes)
                await asyncio.sleep(0.01)
        entries = await self.redis.xrange("medichain:security")
        return [events_pb2.Envelope.FromString(fields[b"event"]).security_raised for _, fields in entries]


@contextlib.asynccontextmanager
async def node_of(settings):
    await migrate_all(settings)
    signer = Signer()
    async with opened("chatbot", settings) as host, Redis.from_url(settings.redis_url) as redis:
        host.people.tokens._keys = Keys(signer)
        server = MeshServer("chatbot", host.verifier, people=host.people)
        server.add(CHATBOT, Chatbot(host))
        port = await server.start("127.0.0.1:0")
        try:
            yield Node(host, port, signer, redis)
        finally:
            await server.stop(0)


class Keys:
    def __init__(self, signer):
        self._signer = signer

    async def key(self, kid):
        return self._signer.key


@pytest.fixture
async def node(deployment):
    async with node_of(deployment) as node:
        yield node


async def test_a_session_in_redis_opens_and_its_end_closes(node):
    first, second = await node.log_in("s1"), await node.log_in("s2")
    await node.call("ListConversations", first)
    await node.register.end("s1", SessionState.DUPLICATED)
    with pytest.raises(CallFailed, match="SESSION_DUPLICATED"):
        await asyncio.wait_for(_for_ever(node, first), 1)
    await node.call("ListConversations", second)


async def _for_ever(node, token):
    while True:
        await node.call("GetConversation", token)


async def test_a_flushed_redis_sends_people_to_log_in_again(node):
    await node.log_in("s1")
    token = await node.log_in("s2")
    await node.redis.flushdb()
    with pytest.raises(CallFailed, match="SESSION_EXPIRED"):
        await node.call("ListConversations", token)
    await node.call("GetConversation")


async def test_calls_over_the_limit_are_refused_and_told(node):
    token = await node.log_in("s1")
    calls = [node.call("ListConversations", token) for _ in range(125)]
    refused = [raised for raised in await asyncio.gather(*calls, return_exceptions=True) if raised]
    assert len(refused) == 5
    assert {failure.reason.name for failure in refused} == {"LIMITED"}
    assert all(1 <= failure.retry_after <= 60 for failure in refused)
    events = await node.events(5)
    assert {(event.kind, event.method, event.account) for event in events} == {
        ("limit_exceeded", "ListConversations", "a1")
    }


async def test_security_events_name_nobody(node):
    token = await node.log_in("s1")
    with pytest.raises(CallFailed, match="ACCESS_DENIED"):
        await node.call("EraseRecords", token)
    with pytest.raises(CallFailed, match="UNAUTHENTICATED"):
        await node.call("GetConversation", "a.b.c")
    bad, denied = sorted(await node.events(2), key=lambda event: event.kind)  # written beside the calls, in any order
    assert (denied.kind, denied.account, bad.kind, bad.account) == ("denied_access", "a1", "bad_token", "")
    assert denied.place == bad.place
    assert len(denied.place) == 64
    written = b"".join(fields[b"event"] for _, fields in await node.redis.xrange("medichain:security"))
    assert b"127.0.0.1" not in written


async def test_health_is_written_down_and_so_is_the_end(deployment):
    await migrate_all(deployment)
    engine = open_engine(global_url(deployment), "global")

    async def lines():
        async with engine.connect() as connection:
            return {
                row.instance.rpartition(":")[2]: (row.service, row.status)
                for row in await connection.execute(select(service_health))
            }

    async with recorded(deployment, {"drug": 50053, "clinic": 50054}):
        async with asyncio.timeout(5):
            while len(await lines()) < 2:  # noqa: ASYNC110 (the database tells nobody)
                await asyncio.sleep(0.01)
        assert await lines() == {"50053": ("drug", "healthy"), "50054": ("clinic", "healthy")}
    assert await lines() == {"50053": ("drug", "maintenance"), "50054": ("clinic", "maintenance")}
    await engine.dispose()
