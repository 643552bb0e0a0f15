"""A refused request names its field."""

import math

import pytest

from medichain.chatbot.v1 import chatbot_pb2
from medichain.clinic.v1 import clinic_pb2
from medichain.drug.v1 import drug_pb2
from services.mesh.errors import MeshError
from services.mesh.validation import validate


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (drug_pb2.SearchDrugsRequest(), "query"),
        (drug_pb2.CheckInteractionsRequest(items=["a", ""]), "items[1]"),
        (drug_pb2.CheckInteractionsRequest(items=["a"], profile={"age_months": -1}), "profile.age_months"),
        (clinic_pb2.ListNearbyClinicsRequest(latitude=91, longitude=127), "latitude"),
        (clinic_pb2.ListNearbyClinicsRequest(latitude=37, longitude=math.nan), "longitude"),
        (clinic_pb2.ListNearbyClinicsRequest(latitude=37, longitude=127, page_size=-1), "page_size"),
        (chatbot_pb2.AskRequest(question="q", location={"latitude": math.inf, "longitude": 0}), "location.latitude"),
        (chatbot_pb2.AskRequest(question="q", providers={"other": "x"}), "providers[other]"),
        (chatbot_pb2.AskRequest(question="q" * 8001), "question"),
        (clinic_pb2.ListNearbyClinicsRequest(longitude=127), "latitude"),
        (chatbot_pb2.AskRequest(question="q", location={"latitude": 37}), "location.longitude"),
    ],
)
def test_names_the_field(message, field):
    with pytest.raises(MeshError) as refused:
        validate(message)
    assert refused.value.reason.name == "INVALID_FIELD"
    assert refused.value.violations[0].field == field


def test_what_keeps_the_rules_passes():
    validate(chatbot_pb2.AskRequest(question="타이레놀", location={"latitude": 37.5, "longitude": 127}))
