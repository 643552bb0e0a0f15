"""Services stopped and killed: a specialist costs its own part of an answer, and rules need no retrieval."""

from __future__ import annotations

import asyncio
import signal

import pytest

from medichain.category.v1 import category_pb2
from medichain.chatbot.v1 import chatbot_pb2
from medichain.clinic.v1 import clinic_pb2
from medichain.drug.v1 import drug_pb2
from medichain.emergency_support.v1 import emergency_support_pb2
from medichain.internal_external.v1 import internal_external_pb2
from medichain.mesh.v1 import policy_pb2
from medichain.specialist.v1 import specialist_pb2
from tests.support.processes import cluster

CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
CATEGORY = category_pb2.DESCRIPTOR.services_by_name["CategoryService"]
DRUG = drug_pb2.DESCRIPTOR.services_by_name["DrugService"]
CLINIC = clinic_pb2.DESCRIPTOR.services_by_name["ClinicService"]
EMERGENCY = emergency_support_pb2.DESCRIPTOR.services_by_name["EmergencySupportService"]
DEPARTMENTS = internal_external_pb2.DESCRIPTOR.services_by_name["InternalExternalService"]
SEOUL = {"latitude": 37.5665, "longitude": 126.978}
ASK = CHATBOT.methods_by_name["Ask"]
SETTLED_SECONDS = 60
QUESTION = "타이레놀이랑 게보린 같이 먹어도 되나요? 근처 약국도 알려줘"

pytestmark = pytest.mark.xdist_group("processes")


@pytest.fixture
async def running(sample):
    async with cluster(sample) as processes:
        yield processes


async def asked(running, question=QUESTION):
    request = chatbot_pb2.AskRequest(question=question, location=SEOUL)
    return [event async for event in running.host.mesh.client(CHATBOT).Ask.stream(request)]


async def settled(running):
    """Waits until services that have just come up have found each other: until an answer lacks nothing."""
    async with asyncio.timeout(SETTLED_SECONDS):
        while missing(await asked(running)):
            pass


def missing(events):
    return {(e.degraded.domain, e.degraded.reason) for e in events if e.HasField("degraded")}


async def test_a_stopped_specialist_costs_its_own_part(running):
    await settled(running)
    running.send("drug", signal.SIGSTOP)
    events = await asked(running)
    running.send("drug", signal.SIGCONT)
    assert (specialist_pb2.DOMAIN_DRUG, "deadline") in missing(events)
    completed = events[-1].completed
    assert "약국" in completed.answer
    assert "확인하지 못했습니다" in completed.answer
    assert completed.timings.total_ms < ASK.GetOptions().Extensions[policy_pb2.policy].timeout_ms / 2


async def test_a_killed_specialist_costs_its_own_part(running):
    await settled(running)
    await running.kill("drug")
    events = await asked(running)
    assert specialist_pb2.DOMAIN_DRUG in {domain for domain, _ in missing(events)}
    assert "약국" in events[-1].completed.answer


async def test_without_knowledge_the_rules_still_answer(running):
    await running.kill("knowledge")
    call = running.host.mesh.client
    pair = drug_pb2.CheckInteractionsRequest(items=["타이레놀", "게보린", "없는약이름"])
    checked = await call(DRUG).CheckInteractions(pair)
    assert checked.findings[0].type == drug_pb2.FINDING_TYPE_DUPLICATE_INGREDIENT
    assert list(checked.unknown) == ["없는약이름"]
    assert (await call(DRUG).SearchDrugs(drug_pb2.SearchDrugsRequest(query="타이레놀"))).drugs
    assert (await call(CLINIC).ListNearbyClinics(clinic_pb2.ListNearbyClinicsRequest(**SEOUL))).clinics
    alarm = await call(EMERGENCY).Assess(emergency_support_pb2.AssessRequest(text="아버지가 숨을 안 쉬어요"))
    assert alarm.level == emergency_support_pb2.EMERGENCY_LEVEL_CALL_119
    assert alarm.steps
    advice = await call(DEPARTMENTS).RecommendDepartments(
        internal_external_pb2.RecommendDepartmentsRequest(symptoms="코골이가 심해요")
    )
    assert advice.departments[0].name == "이비인후과"
    classified = await call(CATEGORY).Classify(category_pb2.ClassifyRequest(question="타이레놀 부작용이 뭐예요"))
    assert classified.rules_only
    assert classified.domains[0].domain == specialist_pb2.DOMAIN_DRUG
    events = await asked(running)
    assert "knowledge_unavailable" in {reason for _, reason in missing(events)}
    assert "아세트아미노펜" in events[-1].completed.answer


async def test_with_only_the_orchestrator_an_emergency_is_still_said(running):
    await running.kill("knowledge")
    await running.kill("drug")
    events = await asked(running, "아버지가 갑자기 쓰러져서 숨을 안 쉬어요")
    assert events[1].emergency.hotline == "119"
    assert "119" in events[-1].completed.answer
