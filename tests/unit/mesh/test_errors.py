"""The error catalog is complete, and survives the wire."""

import pathlib
import re

import grpc
import pytest

from medichain.mesh.v1 import errors_pb2
from services.mesh.errors import CATALOG, DETAILS_KEY, InvalidField, MeshError, details_of, from_rpc

ROOT = pathlib.Path(__file__).resolve().parents[3]


def test_every_reason_has_a_code_and_a_sentence():
    assert {f"ERROR_REASON_{name}" for name in CATALOG} == set(errors_pb2.ErrorReason.keys())
    for reason in CATALOG.values():
        assert reason.code is not grpc.StatusCode.OK
        assert re.search("[가-힣]", reason.message)


def test_every_reason_the_code_raises_is_in_the_catalog():
    sources = [p for folder in ("services", "gateway_rest") for p in (ROOT / folder).rglob("*.py")]
    raised = {
        name for path in sources for name in re.findall(r"(?:MeshError|CallFailed)\(\s*\"([A-Z_]+)\"", path.read_text())
    }
    assert raised
    assert raised <= set(CATALOG)


def _rpc_error(code, trailing=()):
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailing), "details")


def test_reason_and_fields_survive_the_wire():
    sent = InvalidField("items[3]", "is too long")
    got = from_rpc(_rpc_error(grpc.StatusCode.INVALID_ARGUMENT, [(DETAILS_KEY, details_of(sent))]))
    assert got.reason == sent.reason
    assert got.violations == sent.violations


@pytest.mark.parametrize(
    ("code", "reason", "absent"),
    [
        (grpc.StatusCode.UNAVAILABLE, "UNAVAILABLE", True),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE", True),
        (grpc.StatusCode.NOT_FOUND, "NOT_FOUND", False),
        (grpc.StatusCode.DATA_LOSS, "INTERNAL", False),
    ],
)
def test_a_bare_status_becomes_a_reason(code, reason, absent):
    failure = from_rpc(_rpc_error(code))
    assert failure.reason.name == reason
    assert failure.absent is absent


def test_an_error_outside_the_catalog_cannot_be_made():
    with pytest.raises(KeyError):
        MeshError("SOMETHING_ELSE")


@pytest.mark.parametrize("seconds", [0.0, 1.5, 60.0])
def test_when_to_try_again_survives_the_wire(seconds):
    sent = MeshError("LIMITED", retry_after=seconds)
    got = from_rpc(_rpc_error(sent.reason.code, [(DETAILS_KEY, details_of(sent))]))
    assert (got.reason.name, got.retry_after) == ("LIMITED", seconds)


def test_an_answer_is_told_from_silence():
    sent = MeshError("UNAVAILABLE", retry_after=5)
    got = from_rpc(_rpc_error(grpc.StatusCode.UNAVAILABLE, [(DETAILS_KEY, details_of(sent))]))
    assert got.absent
    assert got.answered
    assert not from_rpc(_rpc_error(grpc.StatusCode.UNAVAILABLE)).answered
