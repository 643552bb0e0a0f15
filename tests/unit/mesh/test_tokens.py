"""A token counts only when it is ours, whole, in time, and its session lives."""

import asyncio
import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mesh import tokens
from services.mesh.errors import MeshError
from services.mesh.people import Person, SessionState, Standing
from services.mesh.tokens import STANDING_SECONDS, Standings, TokenVerifier
from tests.support.people import FakeKeys, FakeSessions, Signer

SIGNER = Signer()


def verifier(sessions=None, **kwargs):
    return TokenVerifier(FakeKeys(SIGNER), sessions or FakeSessions(), **kwargs)


def part(content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def refused(token, **kwargs):
    with pytest.raises(MeshError) as failed:
        await verifier(**kwargs).person(token)
    return failed.value.reason.name


async def test_a_token_names_its_person():
    sessions = FakeSessions("operator", shard_id=7)
    person = await verifier(sessions).person(SIGNER.token("a9", "s9"))
    assert person == Person("a9", "s9", 7, "operator")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "elsewhere"},
        {"iss": None},
        {"aud": "medichain-mesh"},
        {"aud": ["medichain"]},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" * 65},
        {"sid": None},
        {"sid": ["s1"]},
        {"exp": None},
        {"exp": "4102444800"},
        {"exp": 4102444800.5},
        {"exp": True},
        {"exp": 1 << 70},
        {"iat": None},
    ],
    ids=str,
)
async def test_wrong_claims_are_refused(changed):
    assert await refused(SIGNER.token(**changed)) == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": "rt+jwt"},
        {"typ": None},
        {"kid": None},
        {"kid": "unknown"},
        {"kid": "../../etc/passwd"},
        {"kid": "k1' OR '1'='1"},
        {"kid": ["k1"]},
        {"kid": {"k1": 1}},
        {"jku": "https://evil.test/keys"},
        {"jwk": SIGNER.public()},
        {"x5u": "https://evil.test/cert"},
        {"crit": ["exp"]},
    ],
    ids=lambda header: str(header)[:24],
)
async def test_wrong_headers_are_refused(header):
    assert await refused(handmade(header)) == "UNAUTHENTICATED"


async def test_a_handmade_token_with_nothing_wrong_counts():
    assert (await verifier().person(handmade({}))).account_id == "a1"


def handmade(header):
    right = {"alg": "Ed25519", "typ": "at+jwt", "kid": "k1"}
    given = {name: value for name, value in (right | header).items() if value is not None}
    body = f"{part(given)}.{part(SIGNER.claims())}"
    return f"{body}.{part(SIGNER.key.get_op_key('sign').sign(body.encode()))}"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", "HS256", "RS256", "ES256", "EdDSA", "Ed448"])
async def test_no_other_algorithm_is_taken(alg):
    header = part({"alg": alg, "typ": "at+jwt", "kid": "k1"})
    body = f"{header}.{part(SIGNER.claims())}"
    signature = part(SIGNER.key.get_op_key("sign").sign(body.encode()))
    for end in ("", signature):
        assert await refused(f"{body}.{end}") == "UNAUTHENTICATED"


async def test_the_public_key_is_no_secret_to_sign_with():
    """HS256 with the published key as its secret: the confusion of RFC 8725, section 2.1."""
    public = SIGNER.public()["x"]
    for secret in (public.encode(), base64.urlsafe_b64decode(public + "="), SIGNER.key.as_pem(private=False)):
        for alg in ("HS256", "Ed25519"):
            body = f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': 'k1'})}.{part(SIGNER.claims())}"
            token = f"{body}.{part(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"
            assert await refused(token) == "UNAUTHENTICATED"


async def test_another_key_of_the_same_name_is_refused():
    assert await refused(Signer("k1").token()) == "UNAUTHENTICATED"


async def test_a_changed_payload_is_refused():
    head, _, signature = SIGNER.token().split(".")
    assert await refused(f"{head}.{part(SIGNER.claims('somebody-else'))}.{signature}") == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "a.b.c", "....", "r1.01J0000000000000000000.c2VjcmV0", "é.é.é", "\x00.\x00.\x00",
        part([]) + ".x.y", part("kid") + ".x.y", part(b"\xff\xfe") + ".x.y", "[" * 2000 + "..", "a" * 5000 + ".b.c",
        part(b"[" * 1400) + ".b.c",
    ],
)  # fmt: skip
async def test_rubbish_is_refused(token):
    assert await refused(token) == "UNAUTHENTICATED"


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_no_text_makes_a_person(head, body, signature):
    assert asyncio.run(refused(f"{head}.{body}.{signature}")) == "UNAUTHENTICATED"


async def test_an_expired_token_says_that_it_expired():
    clock = [1_000_000.0]
    judge = verifier(now=lambda: clock[0])
    token = SIGNER.token(exp=1_000_010)
    assert (await judge.person(token)).account_id == "a1"
    clock[0] = 1_000_010
    with pytest.raises(MeshError, match="SESSION_EXPIRED"):
        await judge.person(token)
    assert (await judge.person(token, grace=60)).account_id == "a1"
    clock[0] = 1_000_071
    with pytest.raises(MeshError, match="SESSION_EXPIRED"):
        await judge.person(token, grace=60)


@pytest.mark.parametrize("state", ["EXPIRED", "DUPLICATED", "BLOCKED"])
async def test_a_session_that_is_over_ends_its_token(state):
    sessions = FakeSessions()
    sessions.end("s1", SessionState[state])
    assert await refused(SIGNER.token(), sessions=sessions) == f"SESSION_{state}"


async def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(tokens, "REMEMBERED", 10)
    judge = verifier()
    for number in range(30):
        await judge.person(SIGNER.token("a1", f"s{number}"))
    assert len(judge._known) == len(judge._standings._asked) == 10


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


async def test_a_standing_is_asked_again_within_a_second():
    clock, sessions = Clock(), FakeSessions()
    standings = Standings(sessions, clock)
    await standings.of("a1", "s1")
    sessions.end("s1")
    clock.now += STANDING_SECONDS - 0.01
    assert (await standings.of("a1", "s1")).state is SessionState.NONE
    clock.now += 0.02
    assert (await standings.of("a1", "s1")).state is SessionState.EXPIRED
    assert STANDING_SECONDS < 1
    assert sessions.asked == 2


async def test_a_hundred_calls_at_once_ask_once():
    sessions = FakeSessions()
    standings = Standings(sessions)
    await asyncio.gather(*(standings.of("a1", "s1") for _ in range(100)))
    assert sessions.asked == 1


async def test_the_end_of_one_session_leaves_others_alone():
    sessions = FakeSessions()
    sessions.end("s1")
    judge = verifier(sessions)
    assert (await judge.person(SIGNER.token("a1", "s2"))).session_id == "s2"


async def test_what_could_not_be_known_is_asked_again():
    sessions = FakeSessions()
    sessions.away = MeshError("UNAVAILABLE", retry_after=2)
    judge, token = verifier(sessions), SIGNER.token()
    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await judge.person(token)
    await asyncio.sleep(0)
    sessions.away = None
    assert (await judge.person(token)).account_id == "a1"


async def test_sessions_that_hang_are_unavailable(monkeypatch):
    class Hanging:
        async def standing(self, account_id, session_id):
            await asyncio.Event().wait()

    monkeypatch.setattr(tokens, "LOOK_UP_SECONDS", 0.02)
    with pytest.raises(MeshError, match="UNAVAILABLE") as failed:
        await verifier(Hanging()).person(SIGNER.token())
    assert failed.value.retry_after == 1


async def test_a_caller_that_leaves_takes_nobody_with_it():
    asked, release = asyncio.Event(), asyncio.Event()

    class Slow:
        async def standing(self, account_id, session_id):
            asked.set()
            await release.wait()
            return Standing(SessionState.NONE)

    judge, token = verifier(Slow()), SIGNER.token()
    first, second = asyncio.create_task(judge.person(token)), asyncio.create_task(judge.person(token))
    await asked.wait()
    first.cancel()
    release.set()
    assert (await second).account_id == "a1"
