"""Requests whose fields come from path, query and body."""

import pytest
from google.api.http_pb2 import HttpRule

from gateway_rest.operation import operations_of
from gateway_rest.transcoder import Door
from medichain.mesh.v1 import policy_pb2
from services.mesh.errors import MeshError
from tests.unit.gateway_rest.contracts import service


def operation(**rule):
    trial = service(HttpRule(**rule))
    return next(operations_of(trial.methods[0]))


async def read(made, body=b"", query=b"", **path):
    async def receive():
        return {"type": "http.request", "body": body}

    scope = {"query_string": query, "path_params": path}
    return await made.read(scope, receive, {})


async def test_path_and_body():
    found = await read(operation(post="/v1/{id}:x", body="*"), b'{"name": "n", "inner": {"id": "i"}}', p0="7")
    assert (found.id, found.name, found.inner.id) == ("7", "n", "i")


async def test_a_body_that_is_one_field():
    found = await read(operation(put="/v1/{id}", body="inner"), b'{"name": "n"}', b"name=q&names=a&names=b", p0="7")
    assert (found.id, found.name, list(found.names), found.inner.name) == ("7", "q", ["a", "b"], "n")


async def test_without_a_body_it_is_not_read():
    found = await read(operation(delete="/v1/{id}"), b"\xff", b"inner.inner.name=n", p0="7")
    assert (found.id, found.inner.inner.name) == ("7", "n")


async def test_what_stands_in_the_path_is_normalised_too():
    assert (await read(operation(get="/v1/{id}"), p0="7\u200b")).id == "7"


@pytest.mark.parametrize(
    ("rule", "body", "query", "field"),
    [
        ({"post": "/v1/{id}:x", "body": "*"}, b'{"id": "8"}', b"", "id"),
        ({"get": "/v1/{id}"}, b"", b"id=8", "id"),
        ({"post": "/v1/{id}:x", "body": "*"}, b"{}", b"name=n", "name"),
        ({"put": "/v1/{id}", "body": "inner"}, b"{}", b"inner.name=n", "inner"),
        ({"put": "/v1/{id}", "body": "inner"}, b"[]", b"", "inner"),
        ({"put": "/v1/{id}", "body": "names"}, b'["a", 1]', b"", "names[1]"),
    ],
)
async def test_a_field_has_one_place(rule, body, query, field):
    with pytest.raises(MeshError) as refused:
        await read(operation(**rule), body, query, p0="7")
    assert refused.value.violations[0].field == field


@pytest.mark.parametrize(
    ("access", "reason"),
    [
        (policy_pb2.ACCESS_USER, "UNAUTHENTICATED"),
        (policy_pb2.ACCESS_OPERATOR, "UNAUTHENTICATED"),
        (policy_pb2.ACCESS_SERVICE, "UNAUTHENTICATED"),
        (policy_pb2.ACCESS_UNSPECIFIED, "NO_POLICY"),
    ],
)
def test_what_is_not_public_is_kept_inside(access, reason):
    trial = service(HttpRule(get="/v1/x"), access=access)
    door = Door(next(operations_of(trial.methods[0])), client=dict, origins=frozenset())
    with pytest.raises(MeshError) as refused:
        door.method()
    assert refused.value.reason.name == reason
