"""Routes from contracts, and contracts the edge refuses to start with."""

from dataclasses import replace

import pytest
from google.api.http_pb2 import CustomHttpPattern, HttpRule

from gateway_rest import registry
from gateway_rest.cookies import Cookies, Jar
from gateway_rest.openapi import document
from gateway_rest.operation import operations_of
from gateway_rest.routes import operations, routes
from gateway_rest.streams import Streaming
from gateway_rest.template import UnroutableError
from gateway_rest.transcoder import Door
from medichain.chatbot.v1 import chatbot_pb2
from medichain.mesh.v1 import policy_pb2
from tests.unit.gateway_rest.contracts import service


class Nobody:
    """A mesh that is never called."""

    def client(self, service):
        raise AssertionError(service.full_name)


def paths(*rules):
    return [(operation.verb, operation.template.public) for operation in operations([service(*rules)])]


def test_every_rest_path_of_the_contracts_is_found():
    found = {(operation.verb, operation.template.public) for operation in operations(registry.services())}
    assert found >= {
        ("POST", "/v1/questions:classify"), ("POST", "/v1/emergencies:assess"), ("POST", "/v1/knowledge:search"),
        ("POST", "/v1/conversations:ask"), ("GET", "/v1/conversations/{id}"), ("DELETE", "/v1/conversations/{id}"),
        ("GET", "/v1/drugs"), ("GET", "/v1/drugs/{item_seq}"), ("POST", "/v1/drugs:checkInteractions"),
        ("GET", "/v1/clinics:nearby"), ("GET", "/v1/emergencyRooms:nearby"), ("POST", "/v1/departments:recommend"),
    }  # fmt: skip


def test_literal_paths_are_tried_before_parameters():
    found = paths(HttpRule(get="/v1/x/{id}"), HttpRule(get="/v1/x/{name}:rate"), HttpRule(get="/v1/x/current"))
    assert found == [("GET", "/v1/x/current"), ("GET", "/v1/x/{name}:rate"), ("GET", "/v1/x/{id}")]


def test_additional_bindings():
    rule = HttpRule(
        get="/v1/a", additional_bindings=[HttpRule(post="/v1/b", body="*"), HttpRule(put="/v1/c", body="inner")]
    )
    assert sorted(paths(rule)) == [("GET", "/v1/a"), ("POST", "/v1/b"), ("PUT", "/v1/c")]


def test_one_path_with_two_names_for_its_parameter_is_one_route():
    made = routes([service(HttpRule(get="/v1/x/{id}"), HttpRule(delete="/v1/x/{name}"))], Nobody(), Jar())
    assert [route.path for route in made] == ["/v1/x/{p0}"]


@pytest.mark.parametrize(
    "rules",
    [
        [HttpRule(get="/v1/{name=things/*}")],
        [HttpRule(get="/v1/{inner.id}")],
        [HttpRule(get="/v1/{nope}")],
        [HttpRule(get="/v1/{names}")],
        [HttpRule(get="/v1/{inner}")],
        [HttpRule(get="/v1/x", body="*")],
        [HttpRule(post="/v1/x", body="nope")],
        [HttpRule(post="/v1/x/{id}", body="id")],
        [HttpRule(get="/v1/x", response_body="name")],
        [HttpRule(custom=CustomHttpPattern(kind="HEAD", path="/v1/x"))],
        [HttpRule()],
        [HttpRule(get="/v1/x"), HttpRule(get="/v1/x")],
        [HttpRule(get="/v1/x/{id}"), HttpRule(get="/v1/x/{name}")],
    ],
)
def test_what_cannot_be_routed_is_refused(rules):
    with pytest.raises(UnroutableError):
        operations([service(*rules)])


@pytest.mark.parametrize(
    "stream",
    [
        None,
        policy_pb2.Stream(event_oneof="nope", id_field="id", answer_event="inner", error_event="inner"),
        policy_pb2.Stream(event_oneof="nope", id_field="nope", answer_event="", error_event=""),
    ],
)
def test_a_stream_that_cannot_become_events_is_refused(stream):
    trial = service(HttpRule(post="/v1/x", body="*"), stream=stream, streaming=True)
    with pytest.raises(UnroutableError):
        routes([trial], Nobody(), Jar())


def test_a_new_contract_needs_no_code_to_be_described():
    trial = service(HttpRule(get="/v1/things/{id}", additional_bindings=[HttpRule(post="/v1/things", body="*")]))
    made = document([trial])["paths"]
    assert made["/v1/things/{id}"]["get"]["operationId"] == "TrialService_Try0_2"
    assert made["/v1/things"]["post"]["operationId"] == "TrialService_Try0"
    assert [each.get("name") for each in made["/v1/things/{id}"]["get"]["parameters"][:3]] == ["id", "name", "names"]


@pytest.mark.parametrize("more", [{"notice_event": "nope"}, {"resume_field": "nope"}])
def test_a_stream_whose_contract_names_what_is_not_there_is_refused(more):
    rpc = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"].methods_by_name["Ask"]
    found = next(operations_of(rpc))
    stream = policy_pb2.Stream()
    stream.CopyFrom(found.policy.stream)
    stream.MergeFrom(policy_pb2.Stream(**more))
    wrong = replace(found, policy=replace(found.policy, stream=stream))
    with pytest.raises(UnroutableError):
        Streaming(Door(wrong, dict, Cookies(wrong, Jar()), frozenset()))
