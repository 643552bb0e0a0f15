"""Tokens and metadata that are not what they say, over real sockets: no call of theirs is anybody's."""

import asyncio
import base64
import hashlib
import hmac
import json
from contextlib import asynccontextmanager

import grpc
import pytest

from medichain.account.v1 import account_pb2
from medichain.chatbot.v1 import chatbot_pb2
from medichain.specialist.v1 import specialist_pb2
from services.mesh import context, signing_keys
from services.mesh.context import CallContext, entered
from services.mesh.errors import CallFailed, MeshError, from_rpc
from services.mesh.host import Host
from services.mesh.identity import ServiceIdentity, service_key
from services.mesh.people import SessionState
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from tests.support.people import FakeSessions, Signer

ACCOUNT = account_pb2.DESCRIPTOR.services_by_name["AccountService"]
CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
SPECIALIST = specialist_pb2.DESCRIPTOR.services_by_name["SpecialistService"]
GUIDANCE = "119"


class Servicer:
    """Has every method of its service; those that no test calls say so."""

    def __getattr__(self, name):
        if not name[0].isupper():
            raise AttributeError(name)
        return self._unexpected

    async def _unexpected(self, request, _):
        raise AssertionError("never called")


class Account(Servicer):
    """Publishes keys and does nothing else."""

    def __init__(self):
        self.signers, self.asked = [Signer("k1")], 0

    async def GetSigningKeys(self, request, _):
        self.asked += 1
        assert not context.current().authorization
        return account_pb2.GetSigningKeysResponse(keys=[signer.public() for signer in self.signers])


class Drug(Servicer):
    """Remembers for whom it was asked."""

    def __init__(self):
        self.seen = []

    async def Consult(self, request, _):
        self.seen.append(context.current())
        return specialist_pb2.ConsultResponse()


class Chatbot(Servicer):
    """Looks for an emergency, then turns away whom the mesh would have refused, then asks a specialist."""

    def __init__(self, host):
        self.seen, self._mesh = [], host.mesh

    async def Ask(self, request, _):
        call = context.current()
        self.seen.append(call)
        if "숨을 못" in request.question:
            yield chatbot_pb2.AskResponse(emergency=chatbot_pb2.Emergency(guidance=GUIDANCE))
        if call.refusal:
            raise call.refusal
        drug = self._mesh.client(SPECIALIST, at="drug")
        await drug.Consult(specialist_pb2.ConsultRequest(question=request.question))
        yield chatbot_pb2.AskResponse(completed=chatbot_pb2.Completed(answer="답"))

    async def ListConversations(self, request, _):
        self.seen.append(context.current())
        return chatbot_pb2.ListConversationsResponse()

    async def GetConversation(self, request, _):
        self.seen.append(context.current())
        return chatbot_pb2.GetConversationResponse()

    async def ExportFeedback(self, request, _):
        return chatbot_pb2.ExportFeedbackResponse()

    async def EraseRecords(self, request, _):
        return chatbot_pb2.EraseRecordsResponse()


class Limiter:
    """Lets everybody through until it is told not to."""

    seconds = None

    async def wait(self, policy, address, account):
        return self.seconds if policy.per_address or policy.per_account else None


class House:
    """An account service, an orchestrator and a specialist, and a stranger who calls them."""

    def __init__(self, folder):
        self.sessions, self.limiter = FakeSessions(), Limiter()
        self.settings = Settings(data_dir=folder)
        self.host = Host.named("services", self.settings, sessions=self.sessions, limiter=self.limiter)
        self.account, self.drug, self.chatbot = Account(), Drug(), Chatbot(self.host)
        self.addresses, self.servers = {}, {}

    @property
    def signer(self):
        return self.account.signers[0]

    async def serve(self, name, descriptor, servicer, monkeypatch):
        server = MeshServer(name, self.host.verifier, people=self.host.people)
        server.add(descriptor, servicer)
        self.addresses[name] = f"127.0.0.1:{await server.start('127.0.0.1:0')}"
        self.servers[name] = server
        monkeypatch.setenv(f"MEDICHAIN_{name.upper()}_ADDR", f"dns:///{self.addresses[name]}")

    @asynccontextmanager
    async def stranger(self):
        async with grpc.aio.insecure_channel(self.addresses["chatbot"]) as channel:
            yield Stranger(channel)

    async def call(self, method, token=None, **metadata):
        async with self.stranger() as stranger:
            return await stranger.call(method, token, **metadata)

    async def call_for_ever(self, method, token):
        while True:
            await self.call(method, token)

    async def refusal(self, method, token=None, **metadata):
        with pytest.raises(MeshError) as failed:
            await self.call(method, token, **metadata)
        return failed.value

    async def ask(self, question="안녕하세요", token=None, **metadata):
        """What came, and the reason of the refusal that came after it."""
        async with self.stranger() as stranger:
            return await stranger.ask(question, token, **metadata)


class Stranger:
    """Somebody with a gRPC client and no rights."""

    def __init__(self, channel):
        self._channel = channel

    async def call(self, method, token, **metadata):
        rpc = self._channel.unary_unary(
            f"/{CHATBOT.full_name}/{method}", request_serializer=lambda message: message.SerializeToString()
        )
        try:
            return await rpc(REQUESTS[method], metadata=_metadata(token, metadata), timeout=5)
        except grpc.aio.AioRpcError as error:
            raise from_rpc(error) from None

    async def ask(self, question, token, **metadata):
        rpc = self._channel.unary_stream(
            f"/{CHATBOT.full_name}/Ask", response_deserializer=chatbot_pb2.AskResponse.FromString
        )
        request, came = chatbot_pb2.AskRequest(question=question).SerializeToString(), []
        try:
            events = rpc(request, metadata=_metadata(token, metadata), timeout=5)
            async for event in events:
                came.append(event.WhichOneof("event"))  # noqa: PERF401 (what came before a failure counts)
        except grpc.aio.AioRpcError as error:
            return came, from_rpc(error)
        return came, None


REQUESTS = {
    "ListConversations": chatbot_pb2.ListConversationsRequest(),
    "GetConversation": chatbot_pb2.GetConversationRequest(id="c"),
    "ExportFeedback": chatbot_pb2.ExportFeedbackRequest(),
    "EraseRecords": chatbot_pb2.EraseRecordsRequest(),
}


def _metadata(token, metadata):
    given = [(name.replace("_", "-"), value) for name, value in metadata.items()]
    return (*given, ("authorization", f"Bearer {token}")) if token is not None else tuple(given)


@pytest.fixture
async def house(tmp_path, monkeypatch):
    built = House(tmp_path)
    await built.serve("account", ACCOUNT, built.account, monkeypatch)
    await built.serve("drug", SPECIALIST, built.drug, monkeypatch)
    await built.serve("chatbot", CHATBOT, built.chatbot, monkeypatch)
    try:
        yield built
    finally:
        await built.host.mesh.close()
        await asyncio.gather(*(server.stop(0) for server in built.servers.values()))


def part(content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(signer, **header):
    return f"{part({'alg': 'Ed25519', 'typ': 'at+jwt', 'kid': signer.kid} | header)}.{part(signer.claims())}"


def alg_none(signer):
    return unsigned(signer, alg="none") + "."


def hs_with_the_public_key(signer):
    body = unsigned(signer, alg="HS256")
    return f"{body}.{part(hmac.new(signer.public()['x'].encode(), body.encode(), hashlib.sha256).digest())}"


def rs_in_the_header(signer):
    body = unsigned(signer, alg="RS256")
    return f"{body}.{part(signer.key.get_op_key('sign').sign(body.encode()))}"


def kid_injected(signer):
    return signer.signed(signer.claims(), kid="../../../../dev/null")


def kid_as_sql(signer):
    return signer.signed(signer.claims(), kid="x' UNION SELECT 'k1")


def key_brought_along(_):
    own = Signer("mine")
    return own.signed(own.claims(), jwk=own.public())


def key_pointed_at(_):
    own = Signer("mine")
    return own.signed(own.claims(), jku="http://127.0.0.1:1/keys")


def own_key_under_their_name(signer):
    return Signer(signer.kid).token()


def wrong_audience(signer):
    return signer.token(aud="medichain-mesh")


def wrong_issuer(signer):
    return signer.token(iss="https://evil.test")


def another_type(signer):
    return signer.signed(signer.claims(), typ="JWT")


def refresh_token(_):
    return "r1.01JD00000000000000000000AA.c2VjcmV0c2VjcmV0c2VjcmV0"


def without_an_end(signer):
    return signer.token(exp=None)


def changed_after_signing(signer):
    head, _, signature = signer.token().split(".")
    return f"{head}.{part(signer.claims('victim'))}.{signature}"


ATTACKS = [
    alg_none, hs_with_the_public_key, rs_in_the_header, kid_injected, kid_as_sql, key_brought_along, key_pointed_at,
    own_key_under_their_name, wrong_audience, wrong_issuer, another_type, refresh_token, without_an_end,
    changed_after_signing,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_a_forged_token_opens_nothing(house, attack):
    await house.call("ListConversations", house.signer.token())
    token = attack(house.signer)
    for method in ("ListConversations", "GetConversation", "ExportFeedback", "EraseRecords"):
        assert (await house.refusal(method, token)).reason.name == "UNAUTHENTICATED"
    assert len(house.chatbot.seen) == 1
    came, refusal = await house.ask("숨을 못 쉬겠어요", token)
    assert (came, refusal.reason.name) == (["emergency"], "UNAUTHENTICATED")
    assert house.chatbot.seen[-1].person is None


async def test_an_expired_token_is_told_so(house):
    token = house.signer.token(iat=1_700_000_000, exp=1_700_000_900)
    assert (await house.refusal("ListConversations", token)).reason.name == "SESSION_EXPIRED"


@pytest.mark.parametrize("state", ["EXPIRED", "DUPLICATED", "BLOCKED"])
async def test_a_revoked_token_is_dead_within_a_second(house, state):
    """After a logout, a changed password, a deleted account, a second login, a block."""
    token = house.signer.token()
    await house.call("ListConversations", token)
    house.sessions.end("s1", SessionState[state])
    with pytest.raises(CallFailed, match=f"SESSION_{state}"):
        await asyncio.wait_for(house.call_for_ever("ListConversations", token), 1)
    other = house.signer.token("a1", "s2")
    await house.call("ListConversations", other)


async def test_a_deleted_users_token_is_nobodys(house):
    house.sessions.end("s1")
    assert (await house.refusal("GetConversation", house.signer.token())).reason.name == "SESSION_EXPIRED"
    came, refusal = await house.ask(token=house.signer.token())
    assert (came, refusal.reason.name) == ([], "SESSION_EXPIRED")


FORGED = {
    "x_medichain_person": "a1",
    "x_medichain_account": "a1",
    "x_medichain_role": "operator",
    "x_medichain_session": "s1",
    "x_medichain_kind": "service",
    "x_user_id": "a1",
    "x_forwarded_for": "198.51.100.7",
    "x_medichain_address": "198.51.100.7",
}


async def test_forged_identity_metadata_changes_nothing(house):
    await house.call("GetConversation", **FORGED)
    call = house.chatbot.seen[-1]
    assert (call.principal.kind, call.person, call.owner, call.address) == ("anonymous", None, "", "127.0.0.1")
    for method in ("ListConversations", "ExportFeedback", "EraseRecords"):
        assert (await house.refusal(method, **FORGED)).reason.name == "UNAUTHENTICATED"
    mine = house.signer.token("me", "mine")
    await house.call("ListConversations", mine, **FORGED)
    assert house.chatbot.seen[-1].person.account_id == "me"
    for method in ("ExportFeedback", "EraseRecords"):
        assert (await house.refusal(method, mine, **FORGED)).reason.name == "ACCESS_DENIED"


async def test_a_persons_token_is_no_services_token(house, tmp_path):
    token = house.signer.token()
    for method in ("GetConversation", "EraseRecords"):
        assert (await house.refusal(method, x_medichain_service=token)).reason.name == "UNAUTHENTICATED"
    stranger = ServiceIdentity("account", service_key(Settings(data_dir=tmp_path / "elsewhere")))
    refusal = await house.refusal("EraseRecords", x_medichain_service=stranger.token())
    assert refusal.reason.name == "UNAUTHENTICATED"


async def test_a_services_token_is_no_persons_token(house):
    own = ServiceIdentity("drug", service_key(house.settings)).token()
    assert (await house.refusal("ListConversations", own)).reason.name == "UNAUTHENTICATED"


async def test_the_edge_has_no_more_rights_than_anybody(house):
    edge = ServiceIdentity("edge", service_key(house.settings), "edge").token()
    await house.call("GetConversation", x_medichain_service=edge, x_medichain_address="198.51.100.7")
    assert house.chatbot.seen[-1].address == "198.51.100.7"
    for method in ("ListConversations", "ExportFeedback", "EraseRecords"):
        assert (await house.refusal(method, x_medichain_service=edge)).reason.name == "UNAUTHENTICATED"


async def test_the_whole_chain_is_made_for_the_person(house):
    edge = Host.named("edge", house.settings, "edge")
    call = CallContext(authorization=f"Bearer {house.signer.token()}", address="198.51.100.7", request_id="r-1")
    with entered(call):
        events = [event async for event in edge.mesh.client(CHATBOT).Ask.stream(chatbot_pb2.AskRequest(question="q"))]
    await edge.mesh.close()
    assert events[-1].completed.answer == "답"
    seen = house.drug.seen[0]
    assert (seen.principal.kind, seen.principal.name) == ("service", "services")
    assert (seen.owner, seen.address, seen.request_id) == ("a1", "198.51.100.7", "r-1")


async def test_a_new_signing_key_is_found_and_the_old_one_still_counts(house, monkeypatch):
    monkeypatch.setattr(signing_keys, "REFETCH_SECONDS", 0.0)
    old = house.signer.token()
    await house.call("ListConversations", old)
    house.account.signers.append(Signer("k2"))
    await house.call("ListConversations", house.account.signers[1].token("a2", "s2"))
    assert house.chatbot.seen[-1].owner == "a2"
    await house.call("ListConversations", house.signer.token("a1", "s3"))
    assert house.account.asked == 2


async def test_made_up_key_ids_do_not_reach_the_account_service(house):
    await house.call("ListConversations", house.signer.token())
    for number in range(20):
        await house.refusal("ListConversations", Signer(f"k-{number}").token())
    assert house.account.asked <= 3


async def test_known_keys_count_while_the_account_service_is_away(house):
    await house.call("ListConversations", house.signer.token())
    await house.servers["account"].stop(0)
    await house.call("ListConversations", house.signer.token("a1", "s2"))
    assert house.chatbot.seen[-1].person.session_id == "s2"


async def test_without_keys_nobody_is_let_in_and_told_to_come_back(house):
    await house.servers["account"].stop(0)
    refusal = await house.refusal("ListConversations", house.signer.token())
    assert refusal.reason.name == "UNAVAILABLE"
    assert refusal.retry_after
    await house.call("GetConversation")
    assert (await house.ask("숨을 못 쉬겠어요", house.signer.token()))[0] == ["emergency"]


async def test_while_sessions_cannot_be_known_anonymous_use_goes_on(house):
    house.sessions.away = MeshError("UNAVAILABLE", retry_after=2)
    refusal = await house.refusal("ListConversations", house.signer.token())
    assert (refusal.reason.name, refusal.retry_after) == ("UNAVAILABLE", 2)
    assert (await house.ask())[0] == ["completed"]
    came, refusal = await house.ask("숨을 못 쉬겠어요", house.signer.token())
    assert (came, refusal.reason.name, refusal.retry_after) == (["emergency"], "UNAVAILABLE", 2)


async def test_a_limited_caller_still_gets_emergency_guidance(house):
    house.limiter.seconds = 30
    for token in (None, house.signer.token()):
        came, refusal = await house.ask("숨을 못 쉬겠어요", token)
        assert (came, refusal.reason.name, refusal.retry_after) == (["emergency"], "LIMITED", 30)
        came, refusal = await house.ask("안녕하세요", token)
        assert (came, refusal.reason.name) == ([], "LIMITED")


async def test_services_are_not_limited(house):
    house.limiter.seconds = 30
    client = house.host.mesh.client(CHATBOT)
    events = [event async for event in client.Ask.stream(chatbot_pb2.AskRequest(question="q"))]
    assert events[-1].completed.answer == "답"


async def test_trouble_with_one_persons_session_keeps_nobody_else_out(house):
    """An answer of UNAVAILABLE does not make it look as if the service were away, and is not asked for again."""
    edge = Host.named("edge", house.settings, "edge")
    client = edge.mesh.client(CHATBOT)
    house.sessions.away = MeshError("UNAVAILABLE", retry_after=2)
    with entered(CallContext(authorization=f"Bearer {house.signer.token()}")):
        for _ in range(10):
            with pytest.raises(CallFailed, match="UNAVAILABLE") as failed:
                await client.GetConversation(chatbot_pb2.GetConversationRequest(id="c"))
            assert failed.value.answered
    assert not client.breaker.open
    assert house.sessions.asked == 10
    await client.GetConversation(chatbot_pb2.GetConversationRequest(id="c"))
    await edge.mesh.close()


async def test_what_is_wrong_with_a_token_is_in_no_log(house, capfd):
    from services.mesh import telemetry

    telemetry.configure("DEBUG")
    tokens = [attack(house.signer) for attack in ATTACKS] + [house.signer.token()]
    for token in tokens:
        await house.ask(token=token)
    logged = capfd.readouterr().err
    assert logged
    assert not any(token in logged or token.partition(".")[0] in logged for token in tokens)
    assert "127.0.0.1" not in logged.replace('"address":', "")
