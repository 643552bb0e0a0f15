"""One question through the whole house: edge, orchestrator, category, specialists, knowledge, storage."""

from __future__ import annotations

import asyncio
import json
import pathlib
import re
import shutil
import sys

import httpx
import pytest
import pytest_asyncio

from services.mesh.settings import Settings
from services.safety.disclaimers import DISCLAIMER
from tests.support.edge import running_edge
from tests.support.processes import cluster

QUESTION = "타이레놀이랑 게보린 같이 먹어도 되나요? 근처에 지금 여는 약국도 알려줘"
FIRST = "타이레놀 하루 최대 용량이 얼마인가요"
SEOUL = {"latitude": 37.5665, "longitude": 126.978}
SCHEMATHESIS = pathlib.Path(__file__).with_name("schemathesis.toml")

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(prepared, tmp_path_factory, valkey_server):
    data = shutil.copytree(prepared, tmp_path_factory.mktemp("house") / "data", symlinks=True)
    settings = Settings(data_dir=data, redis_url=valkey_server.url())
    async with cluster(settings) as running, running_edge(running.host.settings) as edge:
        yield edge


@pytest_asyncio.fixture(loop_scope="module")
async def browser(url):
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield client


async def events_of(browser, body):
    """Events as (name, id, data), and whether the whole stream was read."""
    headers = {"Accept": "text/event-stream", "Content-Type": "application/x-www-form-urlencoded"}
    found = []
    async with browser.stream("POST", "/v1/conversations:ask", content=json.dumps(body), headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join([piece async for piece in answer.aiter_text()])
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], fields["id"], json.loads(fields["data"])))
    return found


async def test_the_question_of_the_first_day(browser):
    events = await events_of(browser, {"question": QUESTION, "location": SEOUL})
    names = [name for name, _, _ in events]
    assert names[:2] == ["started", "classified"]
    assert names[-1] == "completed"
    exchange = events[0][2]["exchangeId"]
    assert [id for _, id, _ in events] == [f"{exchange}/{n}" for n in range(len(events))]
    completed = events[-1][2]
    assert completed["domains"][:2] == ["DOMAIN_DRUG", "DOMAIN_CLINIC"]
    assert "아세트아미노펜" in completed["answer"]
    assert "4,000mg" in completed["answer"]
    assert "약국" in completed["answer"]
    assert completed["answer"].endswith(DISCLAIMER)
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", completed["answer"])}
    assert cited == {citation["number"] for citation in completed["citations"]}
    assert all(citation["source"] and citation["asOf"] for citation in completed["citations"])


async def test_an_emergency_comes_first(browser):
    events = await events_of(browser, {"question": "아버지 입이 한쪽으로 돌아가고 말이 어눌해졌어요"})
    assert [name for name, _, _ in events[:2]] == ["started", "emergency"]
    assert events[1][2]["hotline"] == "119"
    assert events[1][2]["level"] == "EMERGENCY_LEVEL_CALL_119"


async def test_one_json_answer_and_its_conversation(browser):
    first = (await browser.post("/v1/conversations:ask", json={"question": FIRST})).json()
    follow = {"question": "그럼 아이는요?", "conversationId": first["conversationId"]}
    second = (await browser.post("/v1/conversations:ask", json=follow)).json()
    assert second["conversationId"] == first["conversationId"]
    kept = (await browser.get(f"/v1/conversations/{first['conversationId']}")).json()
    assert [one["question"] for one in kept["exchanges"]] == [
        follow["question"],
        FIRST,
    ]
    gone = await browser.delete(f"/v1/conversations/{first['conversationId']}")
    assert gone.status_code == 200
    assert (await browser.get(f"/v1/conversations/{first['conversationId']}")).status_code == 404


async def test_a_retried_question_gets_its_first_answer(browser):
    headers = {"Idempotency-Key": "k-1"}
    answers = [
        (await browser.post("/v1/conversations:ask", json={"question": "게보린 부작용"}, headers=headers)).json()
        for _ in range(2)
    ]
    assert answers[0]["exchangeId"] == answers[1]["exchangeId"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/questions:classify", {"question": "타이레놀 부작용"}),
        ("POST", "/v1/emergencies:assess", {"text": "가슴을 쥐어짜듯 아파요"}),
        ("POST", "/v1/knowledge:search", {"query": "화상", "group": "first_aid"}),
        ("POST", "/v1/drugs:checkInteractions", {"items": ["타이레놀", "게보린"]}),
        ("POST", "/v1/departments:recommend", {"symptoms": "코골이가 심해요"}),
        ("GET", "/v1/drugs?query=타이레놀&pageSize=5", None),
        ("GET", "/v1/drugs/990000001", None),
        ("GET", "/v1/clinics:nearby?latitude=37.5665&longitude=126.978&radiusKm=5&openNow=false", None),
        ("GET", "/v1/emergencyRooms:nearby?latitude=37.5665&longitude=126.978", None),
        ("GET", "/healthz", None),
        ("GET", "/readyz", None),
        ("GET", "/metrics", None),
        ("GET", "/openapi.json", None),
        ("GET", "/docs", None),
        ("GET", "/", None),
    ],
)
async def test_what_the_outside_may_rely_on(browser, method, path, body):
    answer = await browser.request(method, path, json=body)
    assert answer.status_code == 200
    assert answer.content


PERSON = {"id": "schema-person", "password": "비 오는 날엔 파전과 막걸리"}
HEALTH = {"kind": "CONSENT_KIND_SENSITIVE_HEALTH", "granted": True, "version": "2026-11"}


@pytest_asyncio.fixture(loop_scope="module")
async def signed_in(browser):
    """Command line of a caller who is signed in; it does not log out in between."""
    await browser.post("/v1/accounts", json={**PERSON, "consents": [HEALTH]})
    tokens = (await browser.post("/v1/sessions", json=PERSON)).json()
    return ["--header", f"Authorization: Bearer {tokens['accessToken']}", "--exclude-path", "/v1/sessions/current"]


@pytest.mark.timeout(400)
async def test_no_input_of_the_contract_breaks_it(url):
    """schemathesis reads the OpenAPI document and sends what fits it and what does not."""
    code, output = await schemathesis(url)
    assert code == 0, output


@pytest.mark.timeout(400)
async def test_no_input_of_a_person_breaks_it(url, signed_in):
    code, output = await schemathesis(url, *signed_in)
    assert code == 0, output


async def schemathesis(url, *more):
    """Its exit code, and the end of what it prints."""
    process = await asyncio.create_subprocess_exec(
        f"{sys.prefix}/bin/schemathesis", "--config-file", str(SCHEMATHESIS), "run", f"{url}/openapi.json", *more,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return process.returncode, output.decode()[-6000:]
