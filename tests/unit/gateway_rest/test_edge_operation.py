"""Requests whose fields come from path, query and body."""

import json

import pytest
from google.api.http_pb2 import HttpRule

from gateway_rest import registry
from gateway_rest.cookies import Cookies, Jar
from gateway_rest.operation import operations_of
from gateway_rest.transcoder import Door
from medichain.account.v1 import account_pb2
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


def test_what_has_no_policy_is_kept_inside():
    trial = service(HttpRule(get="/v1/x"), access=policy_pb2.ACCESS_UNSPECIFIED)
    found = next(operations_of(trial.methods[0]))
    with pytest.raises(MeshError) as refused:
        Door(found, dict, Cookies(found, Jar()), frozenset()).method()
    assert refused.value.reason.name == "NO_POLICY"


def test_only_what_people_may_call_has_a_path():
    opened = [found for each in registry.services() for rpc in each.methods for found in operations_of(rpc)]
    reached = {found.policy.access for found in opened}
    assert reached == {policy_pb2.ACCESS_PUBLIC, policy_pb2.ACCESS_USER}


PATCH = next(operations_of(account_pb2.DESCRIPTOR.services_by_name["AccountService"].methods_by_name["UpdateAccount"]))


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (b'{"name": "n"}', ["name"]),
        (b'{"birthDate": "1990-01-02", "saved_clinics": []}', ["birth_date", "saved_clinics"]),
        (b'{"name": null}', ["name"]),
        (b'{"name": "n", "updateMask": null}', ["name"]),
        (b'{"name": "n", "updateMask": "birthDate"}', ["birth_date"]),
        (b'{"name": "n", "update_mask": "name,birthDate"}', ["name", "birth_date"]),
        (b'{"name": "n", "updateMask": ""}', []),
        (b"{}", []),
    ],
)
async def test_a_patch_changes_what_its_mask_or_its_body_names(body, paths):
    assert list((await read(PATCH, body)).update_mask.paths) == paths


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"updateMask": "role"}', "update_mask"),
        (b'{"updateMask": "password_hash"}', "updateMask"),
        (b'{"updateMask": "name,passwordHash"}', "update_mask"),
        (b'{"updateMask": "updateMask"}', "update_mask"),
        (b'{"updateMask": "*"}', "update_mask"),
        (b'{"updateMask": "consents.granted"}', "update_mask"),
        (b'{"updateMask": ["name"]}', "updateMask"),
        (b'{"updateMask": {"paths": ["name"]}}', "updateMask"),
        (b'{"name": "n", "role": "ROLE_OPERATOR"}', "role"),
        (b'{"name": 5}', "name"),
    ],
)
async def test_a_patch_of_what_is_not_there(body, field):
    with pytest.raises(MeshError) as refused:
        await read(PATCH, body)
    assert (refused.value.reason.name, refused.value.violations[0].field) == ("INVALID_FIELD", field)


async def test_a_mask_for_a_body_that_is_one_field():
    trial = service(HttpRule(patch="/v1/{id}", body="inner"), HttpRule(put="/v1/{id}", body="inner"), masked=True)
    patched, replaced = (next(operations_of(rpc)) for rpc in trial.methods)
    found = await read(patched, b'{"name": "n", "names": []}', b"name=q", p0="7")
    assert list(found.update_mask.paths) == ["name", "names"]
    assert not (await read(replaced, b'{"name": "n"}', p0="7")).HasField("update_mask")
    for body in (b"5", b"[]", b'{"name": 1, "name": 2}'):
        with pytest.raises(MeshError):
            await read(patched, body, p0="7")


SECRET = "\ufeff \u200bpa\u0308ss\x00\u202eword "


async def test_what_is_secret_is_taken_as_it_is():
    login = account_pb2.DESCRIPTOR.services_by_name["AccountService"].methods_by_name["CreateSession"]
    body = json.dumps({"id": "\u200bhong", "password": SECRET}).encode()
    found = await read(next(operations_of(login)), body)
    assert (found.id, found.password) == ("hong", SECRET)


async def test_a_secret_that_is_no_unicode_is_refused():
    login = account_pb2.DESCRIPTOR.services_by_name["AccountService"].methods_by_name["CreateSession"]
    with pytest.raises(MeshError) as refused:
        await read(next(operations_of(login)), b'{"id": "hong", "password": "\\ud800"}')
    assert refused.value.violations[0].field == "password"
