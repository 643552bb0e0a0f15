"""Server-streaming RPCs as server-sent events and as one JSON document."""

import json

import pytest

from tests.unit.gateway_rest.fake_mesh import EXCHANGE, calling, deployed

ASK = "/v1/conversations:ask"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
async def client(tmp_path):
    async with deployed(tmp_path) as running, calling(running.app) as made:
        yield made


def parsed(text):
    """(event, id, data) of every event."""
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if lines:
            found.append((lines["event"], lines["id"], json.loads(lines["data"])))
    return found


async def ask(client, question, **headers):
    return await client.post(ASK, json={"question": question}, headers=EVENTS | headers)


async def test_events_have_names_ids_and_data(client):
    answer = await ask(client, "long")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    events = parsed(answer.text)
    assert [name for name, _, _ in events] == ["started", "delta", "delta", "completed"]
    assert [id for _, id, _ in events] == [f"{EXCHANGE}/{number}" for number in range(4)]
    assert events[0][2] == {"exchangeId": EXCHANGE, "conversationId": "c1"}
    assert events[1][2] == {"text": "첫 줄\n둘째 줄 "}
    assert events[3][2]["confidence"] == 0.5
    assert events[3][2]["citations"] == []


async def test_one_document_for_a_caller_who_wants_no_stream(client):
    answer = await client.post(ASK, json={"question": "long"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["answer"] == "첫 줄\n둘째 줄 끝"


async def test_an_error_before_the_first_event_is_a_plain_one(client):
    answer = await ask(client, "refused")
    assert (answer.status_code, answer.json()["error"], answer.headers["retry-after"]) == (429, "BUSY", "1")
    empty = await ask(client, " \u200b ")
    assert (empty.status_code, empty.json()["details"][0]["field"]) == (400, "question")


async def test_an_error_event_of_the_service(client):
    events = parsed((await ask(client, "failed")).text)
    assert [name for name, _, _ in events] == ["started", "error"]
    assert events[1][2] == {"error": "UNAVAILABLE", "message": "지금은 안 됩니다."}
    document = await client.post(ASK, json={"question": "failed"})
    assert (document.status_code, document.json()["error"]) == (503, "UNAVAILABLE")
    assert document.json()["message"] == "지금은 안 됩니다."


async def test_an_error_event_with_a_reason_nobody_knows(client):
    document = await client.post(ASK, json={"question": "odd"})
    assert (document.status_code, document.json()["error"]) == (500, "INTERNAL")


@pytest.mark.parametrize("question", ["broken", "unfinished"])
async def test_a_failure_after_the_first_event_is_the_streams_own(client, question):
    answer = await ask(client, question)
    events = parsed(answer.text)
    assert [name for name, _, _ in events] == ["started", "delta", "error"]
    assert events[2][1] == f"{EXCHANGE}/2"
    assert events[2][2]["error"] == "INTERNAL"
    assert "비밀" not in answer.text
    document = await client.post(ASK, json={"question": question})
    assert (document.status_code, document.json()["error"]) == (500, "INTERNAL")


async def test_a_deadline_in_the_middle_is_an_error_event(client):
    events = parsed((await ask(client, "wait", **{"x-request-timeout": "0.2"})).text)
    assert [name for name, _, _ in events] == ["started", "delta", "error"]
    assert events[2][2]["error"] == "DEADLINE"


async def test_silence_is_filled_with_comments(tmp_path):
    async with deployed(tmp_path, keep_alive=0.05) as running, calling(running.app) as client:
        answer = await ask(client, "wait", **{"x-request-timeout": "0.4"})
    assert answer.text.count(": keep-alive\n\n") >= 3
    assert [name for name, _, _ in parsed(answer.text)] == ["started", "delta", "error"]


async def test_silence_before_the_first_event_opens_the_stream(tmp_path):
    async with deployed(tmp_path, keep_alive=0.05) as running, calling(running.app) as client:
        answer = await ask(client, "late", **{"x-request-timeout": "0.3"})
    assert answer.status_code == 200
    assert answer.text.startswith(": keep-alive\n\n")
    assert parsed(answer.text)[-1][0] == "error"
