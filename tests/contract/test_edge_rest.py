"""The edge as a caller sees it: routes, errors, bad input, headers."""

import asyncio
import json
import re
import unicodedata

import pytest

from tests.unit.gateway_rest.fake_mesh import calling, deployed

ASSESS, CHECK, ASK = "/v1/emergencies:assess", "/v1/drugs:checkInteractions", "/v1/conversations:ask"


@pytest.fixture
async def deployment(tmp_path):
    async with deployed(tmp_path) as running:
        yield running


@pytest.fixture
async def client(deployment):
    async with calling(deployment.app) as made:
        yield made


def fields(answer):
    return [detail["field"] for detail in answer.json()["details"]]


async def test_a_list(client):
    answer = await client.get("/v1/drugs", params={"query": "타이레놀", "pageSize": 3})
    assert answer.status_code == 200
    assert answer.json()["drugs"][0]["name"] == "타이레놀"
    assert answer.json()["drugs"][0]["prescriptionStatus"] == "PRESCRIPTION_STATUS_UNSPECIFIED"
    assert answer.json()["nextPageToken"] == ""


async def test_a_path_parameter(client):
    assert (await client.get("/v1/drugs/990000001")).json()["drug"]["itemSeq"] == "990000001"
    assert (await client.delete("/v1/conversations/c1")).json() == {}


async def test_a_verb_is_not_taken_for_a_parameter(client):
    answer = await client.post(CHECK, json={"items": ["타이레놀"]})
    assert answer.json()["unknown"] == ["타이레놀"]


async def test_a_body_is_json_whatever_its_type(client):
    answer = await client.post(CHECK, content=b'{"items": ["a"]}', headers={"content-type": "text/plain"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (unicodedata.normalize("NFD", "머리가 아파요"), "머리가 아파요"),
        ("ㅁㄹㄱ ㅇㅍㅇ", "ㅁㄹㄱ ㅇㅍㅇ"),
        ("머리\u200b가 아파요\ufeff", "머리가 아파요"),
        ("\u202e머리가\u202c 아파요", "머리가 아파요"),
        ("머리가\x00 아파요", "머리가 아파요"),
        ("🤕" * 8000, "🤕" * 8000),
    ],
)
async def test_odd_text_is_normalised_and_answered(client, text, kept):
    answer = await client.post(ASSESS, json={"text": text})
    assert (answer.status_code, answer.json()["guidance"]) == (200, kept)


def raw(text):
    return b'{"text": ' + text + b"}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "text"),
        (b"{}", "text"),
        (raw(b'""'), "text"),
        (raw(b'"  \\n\\t "'), "text"),
        (raw(b'"\\u200b\\u0000"'), "text"),
        (raw(b'"\\ud83e"'), "text"),
        (raw(b"17"), "text"),
        (raw(b"[]"), "text"),
        (raw(b"{}"), "text"),
        (raw(b"true"), "text"),
        (raw(json.dumps("🤕" * 10_000).encode()), "text"),
        (raw(b'"' + b"a" * 1_000_000 + b'"'), "text"),
        (b'{"text": "a", "text": "b"}', "text"),
        (b'{"text": "a", "earlier": "b"}', "earlier"),
        (b'{"text": "a", "earlier": ["b", 1]}', "earlier[1]"),
        (b'{"text": "a", "earlier": [' + b",".join([b'"b"'] * 41) + b"]}", "earlier"),
        (b'{"text": "a", "nope": 1}', "nope"),
        (b'{"text": "a", "nope": NaN}', "body"),
        (b"[" * 10_000, "body"),
        (b'{"text":' * 10_000, "body"),
        (b'"text"', "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"text=a", "body"),
        (b"\xff\xfe", "body"),
        (b'{"text": "a"} {}', "body"),
    ],
)
async def test_bad_bodies_name_their_field(client, body, field):
    answer = await client.post(ASSESS, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("INVALID_FIELD", "MALFORMED")
    assert fields(answer) == [field]
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("size", [1_048_577, 4_300_000])
async def test_a_body_over_the_limit_is_413(client, size):
    answer = await client.post(ASSESS, content=raw(b'"' + b"a" * size + b'"'))
    assert (answer.status_code, answer.json()["error"]) == (413, "TOO_LARGE")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("latitude=90.5&longitude=0", "latitude"),
        ("latitude=0&longitude=-181", "longitude"),
        ("latitude=NaN&longitude=0", "latitude"),
        ("latitude=1e999&longitude=0", "latitude"),
        ("latitude=x&longitude=0", "latitude"),
        ("latitude=1&longitude=1&pageSize=-1", "pageSize"),
        ("latitude=1&longitude=1&radiusKm=-2", "radiusKm"),
        ("latitude=1&longitude=1&kind=7", "kind"),
        ("latitude=1&longitude=1&nope=1", "nope"),
    ],
)
async def test_bad_queries_name_their_parameter(client, query, field):
    answer = await client.get(f"/v1/clinics:nearby?{query}")
    assert (answer.status_code, answer.json()["error"], fields(answer)) == (400, "INVALID_FIELD", [field])


@pytest.mark.parametrize("page", ["-1", "101", "x", "99999999999999999999"])
async def test_bad_pages(client, page):
    answer = await client.get(f"/v1/drugs?query=a&pageSize={page}")
    assert (answer.status_code, fields(answer)) == (400, ["pageSize"])


async def test_a_bad_path_parameter(client):
    answer = await client.get("/v1/drugs/abc")
    assert (answer.status_code, fields(answer)) == (400, ["itemSeq"])


async def test_what_does_not_exist(client):
    answer = await client.get("/v1/drugs/404404")
    assert (answer.status_code, answer.json()["error"], fields(answer)) == (404, "NOT_FOUND", ["itemSeq"])


async def test_a_fault_tells_nothing(client):
    answer = await client.get("/v1/drugs/500500")
    assert (answer.status_code, answer.json()["error"]) == (500, "INTERNAL")
    assert "비밀" not in answer.text


@pytest.mark.parametrize("path", ["/nope", "/v1", "/v1/drugs/", "/v1/drugs:nope", "/v1/drugs/1/2", "/static/nope.js"])
async def test_an_unknown_path(client, path):
    answer = await client.post(path) if path == "/v1/drugs:nope" else await client.get(path)
    assert (answer.status_code, answer.json()["error"]) == (404, "NOT_FOUND")
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/drugs", "GET, HEAD"),
        ("GET", CHECK, "POST"),
        ("POST", "/v1/conversations/c1", "DELETE, GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
    ],
)
async def test_another_method(client, method, path, allow):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["error"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("header", [{"grpc-timeout": "0S"}, {"x-request-timeout": "0"}, {"grpc-timeout": "1n"}])
async def test_a_deadline_that_has_passed(client, header):
    answer = await client.get("/v1/drugs?query=a", headers=header)
    assert (answer.status_code, answer.json()["error"]) == (504, "DEADLINE")


async def test_a_deadline_that_passes_meanwhile(client, deployment):
    answer = await client.post(ASK, json={"question": "late"}, headers={"x-request-timeout": "0.5"})
    assert (answer.status_code, answer.json()["error"]) == (504, "DEADLINE")
    await asyncio.wait_for(deployment.servicers["chatbot"].cancelled.wait(), 5)


async def test_the_callers_deadline_reaches_the_service(client, deployment):
    await client.get("/v1/drugs?query=a", headers={"x-request-timeout": "0.4"})
    call = deployment.servicers["drug"].calls[0]
    assert call.deadline is not None
    assert call.remaining() <= 0.4


async def test_marks_reach_the_service(client, deployment):
    bearer = "Bearer " + deployment.servicers["account"].signer.token("a7")
    marks = {"x-request-id": "caller-1", "idempotency-key": "key-1", "authorization": bearer}
    answer = await client.get("/v1/drugs?query=a", headers=marks)
    call = deployment.servicers["drug"].calls[0]
    assert answer.headers["x-request-id"] == call.request_id == "caller-1"
    assert (call.idempotency_key, call.authorization) == ("key-1", bearer)
    assert (call.principal.kind, call.principal.name) == ("edge", "edge")
    assert (call.owner, call.address) == ("a7", "203.0.113.9")


@pytest.mark.parametrize("given", ["a b", "x" * 65, "<script>", ""])
async def test_a_request_id_that_is_not_sane_is_replaced(client, given):
    answer = await client.get("/healthz", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] not in ("", given)


async def test_a_bad_header_is_named(client):
    answer = await client.get("/v1/drugs?query=a", headers={"grpc-timeout": "soon"})
    assert (answer.status_code, fields(answer)) == (400, ["grpc-timeout"])


async def test_a_cookie_needs_the_pages_own_origin_and_json(client):
    cookie = {"cookie": "s=1", "content-type": "application/json"}
    foreign = await client.post(CHECK, json={"items": ["a"]}, headers=cookie | {"origin": "http://evil.test"})
    assert (foreign.status_code, foreign.json()["error"]) == (403, "ACCESS_DENIED")
    own = cookie | {"origin": "http://edge.test"}
    assert (await client.post(CHECK, json={"items": ["a"]}, headers=own)).status_code == 200
    form = await client.post(CHECK, content=b'{"items":["a"]}', headers=own | {"content-type": "text/plain"})
    assert (form.status_code, form.json()["error"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_service_that_is_down(client, deployment):
    await deployment.kill("drug")
    answer = await client.get("/v1/drugs?query=a")
    assert (answer.status_code, answer.json()["error"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["services"]["drug"]["status"] == "UNAVAILABLE"
    assert ready.json()["services"]["chatbot"]["status"] == "SERVING"


async def test_probes(client):
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert set((await client.get("/readyz")).json()["services"]) >= {"knowledge", "category", "drug", "chatbot"}
    await client.get("/v1/drugs?query=비밀스러운것")
    metrics = (await client.get("/metrics")).text
    assert 'medichain_http_seconds_count{method="GET",route="/v1/drugs",status="200"}' in metrics
    assert "비밀" not in metrics


@pytest.mark.parametrize("path", ["/", "/docs", "/static/chat.js", "/static/docs/docs.js", "/healthz", "/nope"])
async def test_every_answer_is_guarded(client, path):
    headers = (await client.get(path)).headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-request-id"]


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_pages_hold_no_inline_script_and_nothing_from_outside(client, path):
    answer = await client.get(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.text
    assert "<script>" not in page
    assert "style=" not in page
    assert not re.search(r"\son[a-z]+=", page)
    assert "://" not in page
    for source in (part.split('"')[0] for part in page.split('src="')[1:]):
        assert (await client.get(source)).status_code == 200


async def test_the_document_is_served(client):
    document = (await client.get("/openapi.json")).json()
    assert document["paths"][ASK]["post"]["tags"] == ["ChatbotService"]
