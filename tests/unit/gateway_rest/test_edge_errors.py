"""gRPC's codes as HTTP's, and what a failure tells."""

from dataclasses import replace

import grpc
import orjson
import pytest
from starlette.exceptions import HTTPException

from gateway_rest.errors import STATUS, json_path, refusal_of
from services.mesh.errors import CATALOG, InvalidField, MeshError

EXPECTED = {
    "OK": 200, "CANCELLED": 499, "UNKNOWN": 500, "INVALID_ARGUMENT": 400, "DEADLINE_EXCEEDED": 504, "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409, "PERMISSION_DENIED": 403, "RESOURCE_EXHAUSTED": 429, "FAILED_PRECONDITION": 400,
    "ABORTED": 409, "OUT_OF_RANGE": 400, "UNIMPLEMENTED": 501, "INTERNAL": 500, "UNAVAILABLE": 503, "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}  # fmt: skip


def test_the_table_is_complete():
    assert {code.name: STATUS[code] for code in grpc.StatusCode} == EXPECTED


@pytest.mark.parametrize("name", CATALOG)
def test_every_reason_has_an_answer(name):
    refusal = refusal_of(MeshError(name))
    assert refusal.status == (413 if name == "TOO_LARGE" else EXPECTED[CATALOG[name].code.name])
    assert (refusal.error, refusal.message) == (name, CATALOG[name].message)


def test_the_body():
    body = orjson.loads(refusal_of(InvalidField("profile.age_months", "is negative")).body("r1"))
    assert body == {
        "error": "INVALID_FIELD",
        "message": CATALOG["INVALID_FIELD"].message,
        "details": [{"field": "profile.ageMonths", "description": "is negative"}],
        "requestId": "r1",
    }


@pytest.mark.parametrize("raised", [ValueError("홍길동의 비밀"), KeyError("x"), HTTPException(418, "비밀")])
def test_an_exception_tells_nothing(raised):
    refusal = refusal_of(raised)
    assert (refusal.status, refusal.error) == (500, "INTERNAL")
    assert "비밀" not in refusal.body("r").decode()


@pytest.mark.parametrize(("status", "error"), [(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED"), (413, "TOO_LARGE")])
def test_failures_of_routing(status, error):
    refusal = refusal_of(HTTPException(status, "text", headers={"Allow": "GET"}))
    assert (refusal.status, refusal.error, refusal.headers) == (status, error, ((b"allow", b"GET"),))


@pytest.mark.parametrize("name", ["BUSY", "UNAVAILABLE"])
def test_what_passes_says_when_to_come_back(name):
    assert dict(refusal_of(MeshError(name)).headers) == {b"retry-after": b"1"}


@pytest.mark.parametrize(
    ("seconds", "header"), [(0.0, b"1"), (0.2, b"1"), (1.0, b"1"), (1.01, b"2"), (1799.2, b"1800")]
)
def test_a_failure_that_knows_when_to_come_back_says_so(seconds, header):
    for name in ("LOCKED", "MOVING", "LIMITED"):
        assert dict(refusal_of(MeshError(name, retry_after=seconds)).headers) == {b"retry-after": header}


@pytest.mark.parametrize("name", ["UNAUTHENTICATED", "SESSION_EXPIRED", "WRONG_CREDENTIALS", "TOKEN_REUSED"])
def test_who_is_not_known_learns_how_to_say_who_it_is(name):
    assert dict(refusal_of(MeshError(name)).headers) == {b"www-authenticate": b"Bearer"}


def test_a_notice_stands_in_the_body_and_hides_nothing():
    refusal = replace(refusal_of(MeshError("LIMITED")), notices={"emergency": {"hotline": "119"}, "error": {}})
    assert orjson.loads(refusal.body("r1")) | {"message": ""} == {
        "error": "LIMITED", "message": "", "details": [], "requestId": "r1", "emergency": {"hotline": "119"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "outside"),
    [
        ("items[3]", "items[3]"),
        ("a_b.c_d[0].e_f", "aB.cD[0].eF"),
        ("by_name[my_key].x_y", "byName[my_key].xY"),
        ("", ""),
    ],
)
def test_paths_are_spelled_as_json(contract, outside):
    assert json_path(contract) == outside
