"""The edge on real sockets: callers who leave, services that die, bodies that are too large, a signal to stop."""

import asyncio
import json
import os
import signal

import pytest

from gateway_rest.server import serve
from tests.unit.gateway_rest.fake_mesh import deployed

PATIENCE = 5


class Stop:
    """Stops the edge as an operator does; the signal is sent once, for nobody catches a second one."""

    def __init__(self):
        self._sent = False

    def __call__(self):
        if not self._sent:
            self._sent = True
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
def stop():
    return Stop()


@pytest.fixture
async def edge(tmp_path, stop):
    """(deployment, port) of an edge that listens."""
    async with deployed(tmp_path) as running:
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def listening(port):
            ready.set_result(port)

        serving = asyncio.create_task(serve("127.0.0.1", 0, running.settings, listening))
        yield running, await asyncio.wait_for(ready, PATIENCE)
        stop()
        await asyncio.wait_for(serving, PATIENCE)


async def sent(port, path, body, **headers):
    """A connection over which a POST was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [f"POST {path} HTTP/1.1", "Host: edge", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    await writer.drain()
    return reader, writer


async def asking(port, question, **headers):
    return await sent(port, "/v1/conversations:ask", json.dumps({"question": question}).encode(), **headers)


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
async def test_a_caller_who_leaves_cancels_the_work(edge, accept):
    deployment, port = edge
    chatbot = deployment.servicers["chatbot"]
    _, writer = await asking(port, "wait", Accept=accept)
    await asyncio.wait_for(chatbot.waiting.wait(), PATIENCE)
    writer.close()
    await asyncio.wait_for(chatbot.cancelled.wait(), 1)


async def test_events_arrive_while_the_stream_is_open(edge):
    deployment, port = edge
    reader, writer = await asking(port, "wait", Accept="text/event-stream")
    head = await asyncio.wait_for(reader.readuntil(b"event: delta"), PATIENCE)
    assert head.startswith(b"HTTP/1.1 200")
    assert b"event: started" in head
    assert not deployment.servicers["chatbot"].cancelled.is_set()
    writer.close()


async def test_a_service_that_dies_in_the_middle_is_an_error_event(edge):
    deployment, port = edge
    reader, writer = await asking(port, "wait", Accept="text/event-stream")
    await asyncio.wait_for(reader.readuntil(b"event: delta"), PATIENCE)
    await deployment.kill("chatbot")
    rest = await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), PATIENCE)
    assert b"event: error\nid: 01JD0Z5K3V9QW8T7R6P5N4M3H2/2\n" in rest
    writer.close()


@pytest.mark.parametrize("size", [1_100_000, 4_300_000])
async def test_a_large_body_is_told_so(edge, size):
    _, port = edge
    reader, writer = await sent(port, "/v1/emergencies:assess", b'{"text": "' + b"a" * size + b'"}')
    assert (await asyncio.wait_for(reader.readline(), PATIENCE)).startswith(b"HTTP/1.1 413")
    writer.close()


async def test_garbage_is_refused_and_the_edge_goes_on(edge):
    _, port = edge
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x16\x03\x01 garbage\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), PATIENCE)).startswith(b"HTTP/1.1 400")
    writer.close()
    reader, writer = await sent(port, "/v1/emergencies:assess", b'{"text": "a"}', Connection="close")
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"server:" not in answer.lower()


async def test_a_stop_lets_the_answer_under_way_end(edge, stop):
    _, port = edge
    reader, writer = await asking(port, "wait", Accept="text/event-stream", **{"X-Request-Timeout": "0.5"})
    await asyncio.wait_for(reader.readuntil(b"event: delta"), PATIENCE)
    stop()
    rest = await asyncio.wait_for(reader.read(), PATIENCE)
    assert b'"DEADLINE"' in rest
    writer.close()


async def test_a_taken_port_is_an_oserror(edge):
    deployment, port = edge
    with pytest.raises(OSError, match="in use"):
        await serve("127.0.0.1", port, deployment.settings)


async def test_nothing_a_person_wrote_is_logged(edge, capfd):
    _, port = edge
    for question in ("broken", "비밀스러운 증상"):
        reader, writer = await asking(port, question, Accept="text/event-stream", Connection="close")
        await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("GET /v1/drugs?query=비밀&nope=1 HTTP/1.1\r\nHost: e\r\nConnection: close\r\n\r\n".encode())
    await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    out, err = capfd.readouterr()
    assert "비밀" not in out + err
