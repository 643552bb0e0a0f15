"""Nothing escapes the perimeter."""

import orjson
import pytest

from gateway_rest.perimeter import Perimeter


async def answered(app):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "BREW", "path": "/비밀", "headers": [(b"x-request-id", b"r-1")]}
    await Perimeter(app)(scope, None, send)
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

    await Perimeter(app)({"type": "websocket"}, None, None)
    assert seen == ["websocket"]
