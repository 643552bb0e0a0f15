"""The OpenAPI document: complete, valid, the same every time, and its examples are good requests."""

import json
import pathlib
import subprocess
import sys
from urllib.parse import urlencode

import pytest

from gateway_rest import registry
from gateway_rest.json_decoder import decoded
from gateway_rest.openapi import document
from gateway_rest.query import tree_of
from gateway_rest.routes import operations
from services.mesh.validation import validate

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENT = document(registry.services())
OPERATIONS = {operation.rpc.full_name: operation for operation in operations(registry.services())}


def described(operation):
    return DOCUMENT["paths"][operation.template.public][operation.verb.lower()]


def test_the_committed_document_is_fresh_and_deterministic():
    printed = subprocess.run(
        [sys.executable, "-m", "gateway_rest.openapi"], cwd=ROOT, capture_output=True, check=True, timeout=60
    ).stdout
    assert json.loads(printed) == DOCUMENT
    assert printed == (ROOT / "gateway_rest" / "openapi.json").read_bytes()


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    for name in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        place = DOCUMENT
        for step in name.split("/"):
            place = place[step]
        assert place


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_described_and_its_example_is_a_good_request(name):
    operation = OPERATIONS[name]
    made = described(operation)
    assert made["description"].startswith(operation.rpc.name)
    parameters = [each for each in made["parameters"] if "name" in each]
    query = [(each["name"], str(each["example"])) for each in parameters if each["in"] == "query"]
    tree = tree_of(operation.request, urlencode([(key, _spelled(value)) for key, value in query]).encode())
    tree |= {each["name"]: each["example"] for each in parameters if each["in"] == "path"}
    if operation.body == "*":
        tree |= made["requestBody"]["content"]["application/json"]["example"]
    validate(decoded(operation.request, tree))


def _spelled(value):
    return {"True": "true", "False": "false"}.get(value, value)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answers_example_is_an_answer(name):
    operation = OPERATIONS[name]
    content = described(operation)["responses"]["200"]["content"]["application/json"]
    kind = operation.rpc.output_type
    if operation.policy.stream:
        kind = kind.fields_by_name[operation.policy.stream.answer_event].message_type
    assert content["schema"]["$ref"].endswith(kind.name)
    decoded(kind, content["example"])


def test_rules_become_limits():
    ask = DOCUMENT["components"]["schemas"]["chatbot.v1.AskRequest"]
    assert ask["properties"]["question"] | {"description": ""} == {
        "type": "string", "minLength": 1, "maxLength": 8000, "description": "",
    }  # fmt: skip
    assert ask["required"] == ["question"]
    assert ask["additionalProperties"] is False
    assert ask["properties"]["providers"]["propertyNames"] == {"enum": ["reasoning", "generation", "embedding"]}
    check = DOCUMENT["components"]["schemas"]["drug.v1.CheckInteractionsRequest"]["properties"]["items"]
    assert (check["minItems"], check["maxItems"], check["items"]["maxLength"]) == (1, 50, 200)
    place = DOCUMENT["paths"]["/v1/clinics:nearby"]["get"]["parameters"][0]
    assert (place["name"], place["schema"]["minimum"], place["schema"]["maximum"]) == ("latitude", -90, 90)
    drug = DOCUMENT["paths"]["/v1/drugs/{item_seq}"]["get"]["parameters"][0]
    assert (drug["required"], drug["schema"]["pattern"]) == (True, "^[0-9]{6,12}$")


def test_the_stream_is_described():
    made = DOCUMENT["paths"]["/v1/conversations:ask"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    names = list(made["x-events"])
    assert (names[0], names[-1]) == ("started", "error")
    assert "event: completed\nid: " in made["example"]


def test_comments_are_not_lost():
    schema = DOCUMENT["components"]["schemas"]["drug.v1.Drug"]
    assert schema["description"] == "Drug is a medicine as one row of a list."
    assert schema["properties"]["summary"]["description"] == "What it is for, first sentence."
    assert "SEVERITY_CAUTION needs" in DOCUMENT["components"]["schemas"]["drug.v1.Severity"]["description"]


@pytest.mark.parametrize(
    ("verb", "path", "ways"),
    [
        ("get", "/v1/accounts/me", ["bearer", "cookie"]),
        ("get", "/v1/drugs", ["", "bearer", "cookie"]),
        ("post", "/v1/sessions", [""]),
        ("post", "/v1/sessions:refresh", ["", "refreshCookie"]),
    ],
)
def test_who_may_call_and_how_they_say_so(verb, path, ways):
    made = DOCUMENT["paths"][path][verb]
    assert [next(iter(way), "") for way in made["security"]] == ways
    assert {"401", "403", "429"} <= made["responses"].keys()
    assert {way for way in ways if way} <= DOCUMENT["components"]["securitySchemes"].keys()


def test_cookies_and_waiting_are_described():
    login = DOCUMENT["paths"]["/v1/sessions"]["post"]["responses"]
    assert "medichain_access" in login["200"]["headers"]["Set-Cookie"]["description"]
    assert "Retry-After" in login["429"]["headers"]
    assert "headers" not in DOCUMENT["paths"]["/v1/accounts/me"]["get"]["responses"]["200"]


def test_no_secret_is_a_parameter():
    parameters = [each for path in DOCUMENT["paths"].values() for made in path.values() for each in _given(made)]
    assert parameters
    assert not [name for name in parameters if "password" in name.lower() or "secret" in name.lower()]
    body = DOCUMENT["paths"]["/v1/accounts/me"]["delete"]["requestBody"]["content"]["application/json"]
    assert list(body["example"]) == ["password"]


def _given(made):
    return [each["name"] for each in made.get("parameters", []) if "name" in each]


def test_an_update_needs_no_mask():
    update = DOCUMENT["paths"]["/v1/accounts/me"]["patch"]["requestBody"]["content"]["application/json"]["example"]
    assert "updateMask" not in update
    assert DOCUMENT["components"]["schemas"]["account.v1.UpdateAccountRequest"]["properties"]["updateMask"]["type"]
