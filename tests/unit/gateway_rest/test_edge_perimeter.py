"""Nothing escapes the perimeter."""

import orjson
import pytest

from gateway_rest.perimeter import Perimeter
from gateway_rest.proxies import Proxies


async def answered(app, **scope):
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"x-request-id", b"r-1"), *scope.pop("headers", [])]
    scope = {"type": "http", "method": "BREW", "path": "/비밀", "headers": headers} | scope
    await Perimeter(app, Proxies("192.0.2.1"))(scope, None, send)
    return sent


@pytest.fixture
def shown(capsys):
    def output():
        out, err = capsys.readouterr()
        return out + err

    return output


async def test_an_exception_becomes_an_answer_that_tells_nothing(shown):
    async def app(scope, receive, send):
        raise ValueError("홍길동의 비밀")

    start, body = await answered(app)
    assert start["status"] == 500
    assert (b"x-request-id", b"r-1") in start["headers"]
    assert orjson.loads(body["body"])["requestId"] == "r-1"
    assert "비밀" not in body["body"].decode() + shown()


async def test_an_exception_after_the_answer_began_ends_it(shown):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("홍길동의 비밀")

    assert [message["type"] for message in await answered(app)] == ["http.response.start"]
    assert "ValueError" in (text := shown())
    assert "비밀" not in text


async def test_what_is_not_http_passes():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    await Perimeter(app, Proxies())({"type": "websocket"}, None, None)
    assert seen == ["websocket"]


@pytest.mark.parametrize(
    ("scope", "https"),
    [
        ({}, False),
        ({"scheme": "http"}, False),
        ({"scheme": "https"}, True),
        ({"client": ("192.0.2.1", 1), "headers": [(b"x-forwarded-proto", b"https")]}, True),
        ({"client": ("192.0.2.1", 1), "headers": [(b"x-forwarded-proto", b"http")]}, False),
        ({"client": ("203.0.113.9", 1), "headers": [(b"x-forwarded-proto", b"https")]}, False),
    ],
)
async def test_https_is_asked_for_again_only_over_https(scope, https):
    async def app(scope, receive, send):
        assert scope["medichain.secure"] is https
        await send({"type": "http.response.start", "status": 200, "headers": []})

    start = (await answered(app, **scope))[0]
    assert (b"strict-transport-security" in dict(start["headers"])) is https


async def test_a_line_break_in_a_request_id_goes_nowhere(shown):
    async def app(scope, receive, send):
        raise ValueError("홍길동의 비밀")

    start, _ = await answered(app, headers=[(b"x-request-id", b"r\r\nset-cookie: a=1")])
    assert not any(b"\r" in value or b"\n" in value for _, value in start["headers"])
    assert "set-cookie" not in shown()
