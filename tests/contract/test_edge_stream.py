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


async def test_a_stream_goes_on_after_the_last_event_the_reader_has_seen(client):
    path = f"/v1/exchanges/{EXCHANGE}/events"
    answer = await client.get(path, headers=EVENTS | {"last-event-id": f"{EXCHANGE}/6"})
    assert parsed(answer.text) == [("completed", f"{EXCHANGE}/7", parsed(answer.text)[0][2])]
    assert parsed(answer.text)[0][2]["answer"] == f"{EXCHANGE}/6"
    begun = await client.get(path, headers=EVENTS)
    assert parsed(begun.text)[0][2]["answer"] == ""
    # A browser that connects again sends the address it began with; its header is newer.
    again = await client.get(f"{path}?lastEventId=x/1", headers=EVENTS | {"last-event-id": "x/2"})
    assert parsed(again.text)[0][2]["answer"] == "x/2"
    assert (await client.get(path)).json()["answer"] == ""


@pytest.mark.parametrize(("given", "field"), [("x" * 81, "lastEventId"), ("\t".join("ab"), "Last-Event-ID")])
async def test_a_last_event_that_cannot_be_read(client, given, field):
    answer = await client.get(f"/v1/exchanges/{EXCHANGE}/events", headers={"last-event-id": given})
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, field)


async def test_a_stream_has_no_head(client):
    answer = await client.head(f"/v1/exchanges/{EXCHANGE}/events")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


NOTICE = {"level": "EMERGENCY_LEVEL_CALL_119", "guidance": "즉시 119에 신고하세요.", "hotline": "119"}


@pytest.mark.parametrize(
    ("question", "status", "error"),
    [
        ("119 limited", 429, "LIMITED"),
        ("119 broken", 500, "INTERNAL"),
        ("119 unfinished", 500, "INTERNAL"),
        ("119 failed", 503, "UNAVAILABLE"),
        ("119 wait", 504, "DEADLINE"),
    ],
)
async def test_what_fails_after_an_emergency_was_seen_still_says_what_to_do(client, question, status, error):
    answer = await client.post(ASK, json={"question": question}, headers={"x-request-timeout": "0.7"})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["emergency"] == NOTICE
    events = parsed((await ask(client, question, **{"x-request-timeout": "0.7"})).text)
    assert [name for name, _, _ in events] == ["started", "emergency", "error"]
    assert events[1][2] == NOTICE


async def test_a_refusal_without_an_emergency_has_no_guidance(client):
    answer = await client.post(ASK, json={"question": "refused"})
    assert set(answer.json()) == {"error", "message", "details", "requestId"}


async def test_a_limit_says_when_to_come_back(client):
    answer = await client.post(ASK, json={"question": "119 limited"})
    assert answer.headers["retry-after"] == "13"


async def test_whose_session_is_over_is_still_told_what_to_do(client):
    bad = {"authorization": "Bearer nonsense"}
    answer = await client.post(ASK, json={"question": "119"}, headers=bad)
    assert (answer.status_code, answer.json()["error"]) == (401, "UNAUTHENTICATED")
    assert answer.json()["emergency"] == NOTICE
    assert (await client.post(ASK, json={"question": "두통"}, headers=bad)).json().keys() == {
        "error", "message", "details", "requestId",
    }  # fmt: skip
