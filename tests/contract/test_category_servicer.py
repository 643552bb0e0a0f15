"""The servicer in process, with the knowledge service played by a few lines."""

import pytest

from medichain.category.v1 import category_pb2 as pb
from medichain.emergency_support.v1 import emergency_support_pb2 as levels
from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.category.model import Model
from services.category.neighbours import COUNT, SECONDS, Neighbours
from services.category.servicer import CategoryServicer
from services.mesh.errors import CallFailed, InvalidField

MODEL = Model.load()
DRUG, CLINIC = specialist_pb2.DOMAIN_DRUG, specialist_pb2.DOMAIN_CLINIC


class Knowledge:
    """Answers with the neighbours it was given, or fails."""

    def __init__(self, *neighbours, failure=None):
        self._neighbours, self._failure = neighbours, failure
        self.asked = []

    def client(self, service):
        return self

    async def FindNeighbours(self, request, *, timeout):
        self.asked.append((request, timeout))
        if self._failure:
            raise self._failure
        return knowledge_pb2.FindNeighboursResponse(
            neighbours=[knowledge_pb2.Neighbour(domains=d, similarity=s) for d, s in self._neighbours]
        )


async def classified(knowledge, question):
    servicer = CategoryServicer(MODEL, Neighbours(knowledge))
    return await servicer.Classify(pb.ClassifyRequest(question=question), None)


async def test_ranks_domains_with_confidence():
    answer = await classified(Knowledge(([DRUG], 0.8)), "타이레놀이랑 술 같이 먹으면 어떻게 되나요")
    assert answer.domains[0].domain == DRUG
    assert 0.8 < answer.domains[0].confidence <= 1
    assert answer.emergency.level == levels.EMERGENCY_LEVEL_NONE
    assert not answer.rules_only


async def test_asks_knowledge_with_its_own_deadline():
    knowledge = Knowledge()
    await classified(knowledge, " 두통약 \u200b 먹어도 되나요 ")
    request, timeout = knowledge.asked[0]
    assert request.text == "두통약 먹어도 되나요"
    assert request.page_size == COUNT
    assert timeout == SECONDS < 0.3


async def test_neighbours_move_the_confidence():
    question = "주사 맞으러 가려고요"
    with_clinic = await classified(Knowledge(([CLINIC], 0.9)), question)
    alone = await classified(Knowledge(), question)
    chance = {d.domain: d.confidence for d in with_clinic.domains}.get(CLINIC, 0)
    assert chance > {d.domain: d.confidence for d in alone.domains}.get(CLINIC, 0)


@pytest.mark.parametrize("reason", ["UNAVAILABLE", "DEADLINE"])
async def test_the_rules_answer_when_knowledge_is_away(reason):
    answer = await classified(Knowledge(failure=CallFailed(reason)), "무릎이 쑤시는데 무슨 과로 가야 하나요")
    assert answer.rules_only
    assert answer.domains[0].domain == specialist_pb2.DOMAIN_INTERNAL_EXTERNAL


async def test_another_failure_of_knowledge_is_not_hidden():
    with pytest.raises(CallFailed):
        await classified(Knowledge(failure=CallFailed("INTERNAL")), "두통약")


async def test_red_flags_add_the_emergency_domain_and_its_level():
    answer = await classified(Knowledge(failure=CallFailed("UNAVAILABLE")), "아빠가 쓰러져서 숨을 안 쉬어요")
    assert answer.emergency.level == levels.EMERGENCY_LEVEL_CALL_119
    assert answer.domains[0].domain == specialist_pb2.DOMAIN_EMERGENCY_SUPPORT


async def test_out_of_scope_stands_alone():
    answer = await classified(Knowledge(), "오늘 저녁 뭐 해 먹을까 레시피 추천해줘")
    assert [d.domain for d in answer.domains] == [specialist_pb2.DOMAIN_OUT_OF_SCOPE]


async def test_a_text_of_nothing_is_refused():
    with pytest.raises(InvalidField) as refused:
        await classified(Knowledge(), " \u200b\u200e ")
    assert refused.value.violations[0].field == "question"
