"""Query strings as trees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_rest.json_decoder import decoded
from gateway_rest.query import tree_of
from medichain.chatbot.v1 import chatbot_pb2
from medichain.clinic.v1 import clinic_pb2
from services.mesh.errors import MeshError
from tests.unit.gateway_rest.every_type import EVERY, Every, attempted

NEARBY = clinic_pb2.ListNearbyClinicsRequest.DESCRIPTOR
ASK = chatbot_pb2.AskRequest.DESCRIPTOR


def message(kind, query):
    return decoded(kind, tree_of(kind, query))


@pytest.mark.parametrize(
    "query",
    [
        b"latitude=37.5&longitude=127&radiusKm=3&openNow=true&kind=CLINIC_KIND_CLINIC&pageSize=7",
        b"latitude=37.5&longitude=127&radius_km=3&open_now=true&kind=CLINIC_KIND_CLINIC&page_size=7",
    ],
)
def test_names_of_json_and_of_the_contract(query):
    assert message(NEARBY, query) == clinic_pb2.ListNearbyClinicsRequest(
        latitude=37.5, longitude=127, radius_km=3, open_now=True, kind=clinic_pb2.CLINIC_KIND_CLINIC, page_size=7
    )


def test_nested_repeated_and_wide_fields():
    query = b"location.latitude=1.5&location.longitude=-2&question=%EC%95%BD"
    asked = message(ASK, query)
    assert (asked.location.latitude, asked.location.longitude, asked.question) == (1.5, -2, "약")
    assert message(EVERY, b"manyInt32=1&many_int32=2&inner.inner.aString=x&at=2026-11-20T00:00:00Z") == Every(
        many_int32=[1, 2], inner=Every(inner=Every(a_string="x")), at={"seconds": 1795132800}
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (b"latitude=x", "latitude"),
        (b"latitude=NaN", "latitude"),
        (b"latitude=", "latitude"),
        (b"latitude=1&latitude=2", "latitude"),
        (b"openNow=yes", "openNow"),
        (b"kind=CLINIC", "kind"),
        (b"pageSize=1.5", "pageSize"),
        (b"pageSize=99999999999", "pageSize"),
        (b"nope=1", "nope"),
        (b"latitude.x=1", "latitude"),
        (b"%ED%86%B5=1", "query string"),
        (b"department=%FF", "query string"),
        (b"\xff=1", "query string"),
        (b"a=1&" * 2000, "query string"),
        (b"=1", "query string"),
    ],
)
def test_a_refusal_names_the_parameter(query, field):
    with pytest.raises(MeshError) as refused:
        message(NEARBY, query)
    assert refused.value.reason.name == "INVALID_FIELD"
    assert refused.value.violations[0].field == field


@pytest.mark.parametrize("query", [b"location=x", b"providers.reasoning=x", b"providers=x", b"location.=1"])
def test_messages_and_maps_are_not_given_as_a_whole(query):
    with pytest.raises(MeshError) as refused:
        message(ASK, query)
    assert refused.value.violations[0].field in ("location", "providers")


@pytest.mark.parametrize("query", [b"secret=x", b"inner.secret=x"])
def test_a_secret_does_not_stand_in_a_url(query):
    with pytest.raises(MeshError) as refused:
        message(EVERY, query)
    assert refused.value.violations[0].field.endswith("secret")


def test_a_huge_query_is_too_large():
    with pytest.raises(MeshError) as refused:
        tree_of(NEARBY, b"department=" + b"a" * 70_000)
    assert refused.value.reason.name == "TOO_LARGE"


@given(st.binary(max_size=40))
def test_any_query_is_read_or_refused(query):
    _, refused = attempted(message, EVERY, query)
    assert refused is None or refused.violations[0].field
