"""Who is let in: every kind of caller against every kind of contract, and what is said of those who are not."""

import asyncio

import pytest
from joserfc.jwk import OKPKey

from medichain.mesh.v1 import policy_pb2
from services.mesh.admission import Admission, People, address_of
from services.mesh.client import ADDRESS_KEY
from services.mesh.context import CallContext
from services.mesh.errors import MeshError
from services.mesh.identity import METADATA_KEY, ServiceIdentity, Verifier
from services.mesh.people import SessionState
from services.mesh.policy import Policy
from services.mesh.tokens import TokenVerifier
from tests.support.people import FakeKeys, FakeSessions, Signer

KEY, SIGNER = OKPKey.generate_key("Ed25519"), Signer()
PEER = "ipv4:203.0.113.9:40000"
PUBLIC, USER, OPERATOR, SERVICE = (
    policy_pb2.ACCESS_PUBLIC,
    policy_pb2.ACCESS_USER,
    policy_pb2.ACCESS_OPERATOR,
    policy_pb2.ACCESS_SERVICE,
)


class Limiter:
    """Refuses when told to; remembers whom it counted."""

    def __init__(self, seconds=None):
        self.seconds, self.counted = seconds, []

    async def wait(self, policy, address, account):
        self.counted.append((address, account))
        return self.seconds


class Heard:
    def __init__(self):
        self.events = []

    async def __call__(self, kind, method, account="", address=""):
        self.events.append((kind, method, account, address))


def policy(access, triage_first=False):
    return Policy("/x.Y/Do", access, 1, False, None, triage_first=triage_first)


class Door:
    def __init__(self, role="user", seconds=None):
        self.sessions, self.limiter, self.heard = FakeSessions(role), Limiter(seconds), Heard()
        tokens = TokenVerifier(FakeKeys(SIGNER), self.sessions)
        self.admission = Admission(Verifier(KEY), People(tokens, self.limiter, self.heard))

    async def __call__(self, access=PUBLIC, kind=None, token=None, triage_first=False, **metadata):
        if kind:
            metadata[METADATA_KEY] = ServiceIdentity("x", KEY, kind).token()
        call = CallContext(authorization=f"Bearer {token}" if token else "")
        return await self.admission.admitted(call, metadata, policy(access, triage_first), PEER)

    async def refused(self, *args, **kwargs):
        with pytest.raises(MeshError) as failed:
            await self(*args, **kwargs)
        await asyncio.sleep(0)
        return failed.value


IN, LOGIN, DENIED = "let in", "UNAUTHENTICATED", "ACCESS_DENIED"


@pytest.mark.parametrize(
    ("kind", "role", "public", "user", "operator", "service"),
    [
        (None, None, IN, LOGIN, LOGIN, LOGIN),
        ("edge", None, IN, LOGIN, LOGIN, LOGIN),
        ("service", None, IN, LOGIN, DENIED, IN),
        ("operator", None, IN, LOGIN, IN, IN),
        (None, "user", IN, IN, DENIED, DENIED),
        ("edge", "user", IN, IN, DENIED, DENIED),
        ("service", "user", IN, IN, DENIED, IN),
        ("operator", "user", IN, IN, IN, IN),
        (None, "operator", IN, IN, IN, DENIED),
        ("edge", "operator", IN, IN, IN, DENIED),
        ("service", "operator", IN, IN, IN, IN),
    ],
)
async def test_the_contract_decides(kind, role, public, user, operator, service):
    door = Door(role or "user")
    token = SIGNER.token() if role else None
    for access, expected in ((PUBLIC, public), (USER, user), (OPERATOR, operator), (SERVICE, service)):
        if expected == IN:
            call = await door(access, kind, token)
            assert call.owner == ("a1" if role else "")
        else:
            assert (await door.refused(access, kind, token)).reason.name == expected


async def test_a_contract_that_says_nothing_lets_nobody_in():
    door = Door("operator")
    for kind in (None, "edge", "service", "operator"):
        assert (await door.refused(policy_pb2.ACCESS_UNSPECIFIED, kind, SIGNER.token())).reason.name == DENIED


async def test_a_bad_token_is_refused_where_none_is_needed():
    door = Door()
    assert (await door.refused(PUBLIC, token="a.b.c")).reason.name == LOGIN
    call = CallContext(authorization="Basic dXNlcjpwYXNz")
    with pytest.raises(MeshError, match=LOGIN):
        await door.admission.admitted(call, {}, policy(PUBLIC), PEER)


async def test_a_process_that_knows_no_sessions_judges_no_token():
    admission = Admission(Verifier(KEY), People())
    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await admission.admitted(CallContext(authorization="Bearer x"), {}, policy(PUBLIC), PEER)


@pytest.mark.parametrize("kind", ["edge", "service"])
async def test_only_the_deployment_tells_addresses(kind):
    door = Door()
    told = {ADDRESS_KEY: "198.51.100.7"}
    assert (await door(kind=kind, **told)).address == "198.51.100.7"
    assert (await door(kind=None, **told)).address == "203.0.113.9"
    assert (await door(kind="operator", **told)).address == "203.0.113.9"


@pytest.mark.parametrize("told", ["", "x", "198.51.100.7, 1.1.1.1", "198.51.100.7\r\nx: y", "9" * 500])
async def test_an_address_that_is_none_is_the_connections_own(told):
    assert (await Door()(kind="edge", **{ADDRESS_KEY: told})).address == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:127.0.0.1:50051", "127.0.0.1"),
        ("ipv6:%5B::1%5D:50051", "::1"),
        ("ipv6:[::ffff:192.0.2.1]:50051", "192.0.2.1"),
        ("unix:/run/medichain.sock", ""),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_where_a_connection_comes_from(peer, address):
    assert address_of(peer) == address


async def test_people_are_counted_and_services_are_not():
    door = Door()
    for kind in (None, "edge", "service", "operator"):
        await door(kind=kind, token=SIGNER.token())
    assert door.limiter.counted == [("203.0.113.9", "a1")] * 2


async def test_one_too_many_is_told_when_to_come_back():
    refused = await Door(seconds=17).refused()
    assert (refused.reason.name, refused.retry_after) == ("LIMITED", 17)


async def test_triage_comes_before_a_limit():
    token = SIGNER.token()
    call = await Door(seconds=17)(token=token, triage_first=True)
    assert call.refusal.reason.name == "LIMITED"
    assert (call.owner, call.authorization) == ("a1", f"Bearer {token}")


@pytest.mark.parametrize("state", ["EXPIRED", "DUPLICATED", "BLOCKED"])
async def test_triage_comes_before_the_end_of_a_session(state):
    door = Door()
    door.sessions.end("s1", SessionState[state])
    call = await door(token=SIGNER.token(), triage_first=True)
    assert call.refusal.reason.name == f"SESSION_{state}"
    assert (call.person, call.authorization) == (None, "")
    assert (await door.refused(token=SIGNER.token())).reason.name == f"SESSION_{state}"


async def test_triage_comes_before_everything_that_is_wrong_with_a_caller():
    door = Door()
    door.sessions.away = MeshError("UNAVAILABLE", retry_after=2)
    assert (await door(token=SIGNER.token(), triage_first=True)).refusal.retry_after == 2
    assert (await door(token="a.b.c", triage_first=True)).refusal.reason.name == LOGIN
    forged = await door(triage_first=True, **{METADATA_KEY: "forged.service.token"})
    assert (forged.refusal.reason.name, forged.principal.kind) == (LOGIN, "anonymous")


async def test_a_call_made_for_a_person_may_outlive_the_token_it_began_with():
    door, now = Door(), SIGNER.claims()["iat"]
    token = SIGNER.token(iat=now - 900, exp=now - 10)
    assert (await door(SERVICE, "service", token)).owner == "a1"
    for kind in (None, "edge", "operator"):
        assert (await door.refused(PUBLIC, kind, token)).reason.name == "SESSION_EXPIRED"
    long_ago = SIGNER.token(iat=now - 900, exp=now - 70)
    assert (await door.refused(SERVICE, "service", long_ago)).reason.name == "SESSION_EXPIRED"


async def test_what_an_operator_may_want_to_see_is_told():
    door = Door(seconds=5)
    await door.refused(PUBLIC)
    await door.refused(SERVICE)
    await door.refused(OPERATOR, token=SIGNER.token())
    await door.refused(PUBLIC, token="a.b.c")
    kinds = [("limit_exceeded", ""), ("denied_access", ""), ("denied_access", "a1"), ("bad_token", "")]
    assert door.heard.events == [(kind, "Do", account, "203.0.113.9") for kind, account in kinds]


async def test_a_bad_token_through_the_edge_is_told_of_its_sender():
    door = Door()
    await door.refused(PUBLIC, "edge", "a.b.c", **{ADDRESS_KEY: "198.51.100.7"})
    assert door.heard.events == [("bad_token", "Do", "", "198.51.100.7")]


async def test_what_happens_to_honest_callers_is_not():
    door = Door()
    door.sessions.end("s1")
    await door.refused(USER)
    await door.refused(PUBLIC, token=SIGNER.token())
    assert door.heard.events == []


async def test_nobody_waits_for_the_security_stream():
    stuck = asyncio.Event()

    async def hanging(*_):
        await stuck.wait()

    admission = Admission(Verifier(KEY), People(security=hanging))
    for _ in range(1500):
        with pytest.raises(MeshError):
            await admission.admitted(CallContext(), {}, policy(SERVICE), PEER)
    assert len(admission._telling) == 1000
    stuck.set()
