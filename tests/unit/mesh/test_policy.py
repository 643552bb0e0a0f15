"""What the contracts say is what the mesh reads."""

import json

import pytest

from medichain.account.v1 import account_pb2, operator_pb2
from medichain.category.v1 import category_pb2
from medichain.chatbot.v1 import chatbot_pb2
from medichain.clinic.v1 import clinic_pb2
from medichain.drug.v1 import drug_pb2
from medichain.emergency_support.v1 import emergency_support_pb2
from medichain.internal_external.v1 import internal_external_pb2
from medichain.knowledge.v1 import knowledge_pb2
from medichain.mesh.v1 import policy_pb2
from medichain.specialist.v1 import specialist_pb2
from services.mesh.policy import policies_of, policy_of, service_config

FILES = [
    account_pb2, category_pb2, chatbot_pb2, clinic_pb2, drug_pb2, emergency_support_pb2, internal_external_pb2,
    knowledge_pb2, operator_pb2, specialist_pb2,
]  # fmt: skip
METHODS = [m for f in FILES for s in f.DESCRIPTOR.services_by_name.values() for m in s.methods]


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.full_name)
def test_every_rpc_declares_a_policy(method):
    assert policy_of(method) is not None


def test_a_method_without_options_has_no_policy():
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(name="bare.proto", package="bare", syntax="proto3")
    file.message_type.add(name="Empty")
    file.service.add(name="Bare").method.add(name="Do", input_type=".bare.Empty", output_type=".bare.Empty")
    service = descriptor_pool.DescriptorPool().AddSerializedFile(file.SerializeToString()).services_by_name["Bare"]
    assert policies_of(service) == {}


def test_policy_is_what_the_proto_says():
    service = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
    ask = policy_of(service.methods_by_name["Ask"])
    assert ask.access == policy_pb2.ACCESS_PUBLIC
    assert ask.timeout == 60
    assert not ask.safe
    assert ask.stream.answer_event == "completed"


def test_only_safe_methods_are_retried():
    config = json.loads(service_config(chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]))
    retried = {entry["name"][0]["method"] for entry in config["methodConfig"] if "retryPolicy" in entry}
    assert {"GetConversation", "ListConversations", "StopExchange"} <= retried
    assert not {"Ask", "ResumeExchange", "DeleteConversation", "InspectConversation"} & retried


def test_limits_and_triage_are_read():
    ask = policy_of(chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"].methods_by_name["Ask"])
    assert (ask.per_address, ask.per_account, ask.triage_first) == (6000, 120, True)
    assert ask.cookies is None


def test_what_an_answer_does_to_cookies_is_read():
    methods = account_pb2.DESCRIPTOR.services_by_name["AccountService"].methods_by_name
    assert policy_of(methods["CreateSession"]).cookies.access_field == "access_token"
    assert policy_of(methods["DeleteCurrentSession"]).cookies.clear


def test_balancing_and_health_checking_come_with_every_config():
    config = json.loads(service_config(drug_pb2.DESCRIPTOR.services_by_name["DrugService"]))
    assert config["loadBalancingConfig"] == [{"round_robin": {}}]
    assert config["healthCheckConfig"]["serviceName"] == "medichain.drug.v1.DrugService"
