"""What comes with a request besides its fields."""

import time

import pytest
from starlette.exceptions import HTTPException

from gateway_rest.incoming import BODY_LIMIT, body_of, call_context, check_sender, headers_of, last_event_id
from services.mesh.errors import MeshError


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({b"grpc-timeout": b"250m"}, 0.25),
        ({b"grpc-timeout": b"2S"}, 2),
        ({b"grpc-timeout": b"1H"}, 3600),
        ({b"grpc-timeout": b"5000000n"}, 0.005),
        ({b"x-request-timeout": b"2.5"}, 2.5),
        ({b"x-request-timeout": b"9", b"grpc-timeout": b"1S"}, 1),
        ({b"grpc-timeout": b"0S"}, 0),
    ],
)
def test_deadlines(headers, seconds):
    deadline = call_context(headers, "r").deadline
    assert deadline == pytest.approx(time.monotonic() + seconds, abs=0.2)


def test_without_a_header_there_is_no_deadline():
    call = call_context({}, "r1")
    assert (call.deadline, call.request_id, call.authorization, call.idempotency_key) == (None, "r1", "", "")


def test_what_is_passed_on():
    call = call_context({b"authorization": b"Bearer abc", b"idempotency-key": b"k-1"}, "r", "203.0.113.9")
    assert (call.authorization, call.idempotency_key, call.address) == ("Bearer abc", "k-1", "203.0.113.9")
    assert last_event_id({b"last-event-id": b"01JD/7"}) == "01JD/7"


def test_cookies_in_several_headers_are_one():
    given = [(b"cookie", b"a=1"), (b"host", b"x"), (b"cookie", b"b=2")]
    assert headers_of({"headers": given}) == {b"cookie": b"a=1; b=2", b"host": b"x"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grpc-timeout", b"5"), ("grpc-timeout", b"-1S"), ("grpc-timeout", b"999999999S"), ("grpc-timeout", b"\xff"),
        ("X-Request-Timeout", b"soon"), ("X-Request-Timeout", b"-1"), ("X-Request-Timeout", b"nan"),
        ("Idempotency-Key", b"a b"), ("Idempotency-Key", b"k" * 129), ("Idempotency-Key", "키".encode()),
        ("Authorization", b"Bearer \xff"), ("Authorization", b"B" * 5000), ("Authorization", b"a\x00b"),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_read_is_named(name, value):
    with pytest.raises(MeshError) as refused:
        call_context({name.lower().encode(): value}, "r")
    assert refused.value.violations[0].field == name


OWN = {b"cookie": b"s=1", b"host": b"medi.example", b"origin": b"https://medi.example"}
JSON = {b"content-type": b"application/json; charset=utf-8", b"content-length": b"2"}
EVIL = {b"origin": b"https://evil.example", b"content-type": b"text/plain", b"content-length": b"2"}


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("POST", EVIL),
        ("POST", EVIL | {b"cookie": b"s=1", b"authorization": b"Bearer abc"}),
        ("GET", {b"cookie": b"s=1"}),
        ("POST", OWN | JSON),
        ("POST", OWN | JSON | {b"origin": b"https://app.example"}),
    ],
)
def test_senders_that_are_let_in(method, headers):
    check_sender({"method": method}, headers, frozenset({"https://app.example"}))


@pytest.mark.parametrize("empty", [{}, {b"content-length": b"0"}])
def test_a_cookie_without_a_body_needs_no_content_type(empty):
    check_sender({"method": "DELETE"}, OWN | empty, frozenset())


@pytest.mark.parametrize(
    "origin", [b"https://evil.example", b"null", b"", b"https://medi.example.evil.example", b"medi.example"]
)
def test_another_page_cannot_use_the_cookie(origin):
    with pytest.raises(MeshError) as refused:
        check_sender({"method": "POST"}, OWN | JSON | {b"origin": origin}, frozenset())
    assert refused.value.reason.name == "ACCESS_DENIED"


@pytest.mark.parametrize("kind", [b"text/plain", b"application/x-www-form-urlencoded", b""])
@pytest.mark.parametrize("sent", [{b"content-length": b"10"}, {b"transfer-encoding": b"chunked"}])
def test_a_form_cannot_use_the_cookie(kind, sent):
    with pytest.raises(HTTPException) as refused:
        check_sender({"method": "POST"}, OWN | sent | {b"content-type": kind}, frozenset())
    assert refused.value.status_code == 415


def receiver(*chunks):
    messages = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


async def test_a_body_in_pieces():
    assert await body_of(receiver(b"ab", b"", b"c"), {}) == b"abc"
    assert await body_of(receiver(b"x" * BODY_LIMIT), {}) == b"x" * BODY_LIMIT


@pytest.mark.parametrize("chunks", [[b"x" * (BODY_LIMIT + 1)], [b"x" * 1024] * 2000])
async def test_a_body_over_the_limit(chunks):
    with pytest.raises(MeshError) as refused:
        await body_of(receiver(*chunks), {})
    assert refused.value.reason.name == "TOO_LARGE"


async def test_an_announced_giant_is_not_read():
    with pytest.raises(MeshError) as refused:
        await body_of(receiver(), {b"content-length": b"9" * 12})
    assert refused.value.reason.name == "TOO_LARGE"


async def test_a_caller_who_leaves_while_sending():
    with pytest.raises(MeshError) as refused:
        await body_of(receiver(), {})
    assert refused.value.reason.name == "CANCELLED"
