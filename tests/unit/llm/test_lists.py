"""Vectors and names of models, or a typed failure, whatever an endpoint sends."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm.failure import Kind, ModelFailed
from services.llm.lists import names, vectors
from services.llm.sse import Usage

KEYS = st.sampled_from(["data", "id", "index", "embedding", "usage", "prompt_tokens"])
VALUES = st.none() | st.booleans() | st.integers(-2, 9) | st.text(max_size=4)
JSON = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=12)


def test_vectors_stand_in_the_order_of_their_texts():
    data = [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1]}]
    assert vectors({"data": data, "usage": {"prompt_tokens": 5}}, 2) == ([[1], [2.0]], Usage(5, 0))


@pytest.mark.parametrize(
    "answer",
    [
        [],
        "nothing",
        {},
        {"data": None},
        {"data": [1, 2]},
        {"data": [{"index": 0, "embedding": None}, {"index": 1, "embedding": [1]}]},
        {"data": [{"index": 0, "embedding": [1]}]},
        {"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]},
        {"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]},
        {"data": [{"index": 0, "embedding": ["x"]}, {"index": 1, "embedding": ["y"]}]},
    ],
)
def test_what_is_not_two_vectors(answer):
    with pytest.raises(ModelFailed) as raised:
        vectors(answer, 2)
    assert raised.value.kind is Kind.MALFORMED


@given(JSON)
def test_whatever_comes_is_a_list_or_a_typed_failure(answer):
    with suppress(ModelFailed):
        assert len(vectors(answer, 1)[0]) == 1
    with suppress(ModelFailed):
        assert all(isinstance(name, str) for name in names(answer))
