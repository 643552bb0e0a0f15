"""The department servicers in process, with the knowledge service played by a few lines."""

import pytest

from medichain.internal_external.v1 import internal_external_pb2 as pb
from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.internal_external.consult import Consultant
from services.internal_external.departments import Recommender
from services.internal_external.servicer import InternalExternalServicer, SpecialistServicer
from services.internal_external.tables import load
from services.mesh.errors import InvalidField
from services.specialist.retrieve import Retrieved

TABLES = load()
RECOMMENDER = Recommender(TABLES)


class Knowledge:
    """Returns what it was given."""

    def __init__(self, *passages, reachable=True):
        self._retrieved = Retrieved(passages, reachable)

    async def passages(self, query, group="", count=4):
        return self._retrieved


def passage(score):
    return knowledge_pb2.Passage(
        id="dp-1",
        title="어지럼증",
        text="도는 어지럼은 먼저 이비인후과에서 봅니다. 말이 어눌하면 119에 신고하세요.",
        score=score,
    )


async def consulted(knowledge, question="누웠다 일어나면 천장이 빙글 돌아요"):
    servicer = SpecialistServicer(Consultant(TABLES, RECOMMENDER, knowledge))
    return await servicer.Consult(specialist_pb2.ConsultRequest(question=question), None)


async def test_recommends_with_side_reason_and_warning():
    answer = await InternalExternalServicer(RECOMMENDER).RecommendDepartments(
        pb.RecommendDepartmentsRequest(symptoms="맹장수술은 어느 과에서 하나요"), None
    )
    assert answer.departments[0].name == "외과"
    assert answer.departments[0].side == pb.SIDE_SURGICAL
    assert answer.departments[0].reason
    assert answer.warning_signs


async def test_blank_symptoms_are_refused():
    with pytest.raises(InvalidField) as refused:
        await InternalExternalServicer(RECOMMENDER).RecommendDepartments(
            pb.RecommendDepartmentsRequest(symptoms=" \u200b "), None
        )
    assert refused.value.violations[0].field == "symptoms"


async def test_a_passage_that_fits_well_speaks_alone():
    part = await consulted(Knowledge(passage(0.9)))
    assert {id for said in part.statements for id in said.evidence_ids} == {"knowledge/dp-1"}


async def test_the_table_answers_without_knowledge():
    part = await consulted(Knowledge(reachable=False))
    assert "knowledge_unavailable" in part.missing
    assert "이비인후과" in part.statements[0].text
    assert all(said.evidence_ids for said in part.statements)


async def test_an_unfitting_passage_is_not_quoted():
    part = await consulted(Knowledge(passage(0.1)))
    assert {id for said in part.statements for id in said.evidence_ids} == {"symptom/vertigo_positional"}


async def test_asks_for_more_when_nothing_is_understood():
    part = await consulted(Knowledge(), "그냥 몸이 이상해서요 뭐라 말하기가")
    assert part.clarifying_question
    assert part.confidence < 0.5
