import asyncio

import numpy as np
import pytest

from services.knowledge import query_vectors
from services.knowledge.consent import Consent, anybody
from services.knowledge.query_vectors import QueryVectors
from services.llm.failure import Kind, ModelFailed
from services.mesh.context import CallContext, entered
from services.mesh.errors import CallFailed


class Endpoint:
    """Answers with (3, 4) when it is let."""

    def __init__(self, open=True):
        self.asked, self.gate, self.came = [], asyncio.Event(), asyncio.Queue()
        if open:
            self.gate.set()

    async def __call__(self, texts):
        self.asked.append(list(texts))
        self.came.put_nowait(texts)
        await self.gate.wait()
        if "나쁜" in texts:
            raise ModelFailed(Kind.UNREACHABLE)
        return [[3.0, 4.0]]


def vectors(endpoint, may_leave=anybody):
    return QueryVectors("endpoint:m@h", endpoint, may_leave)


async def test_vectors_have_length_one():
    assert await vectors(Endpoint()).of("화상") == pytest.approx([0.6, 0.8])


async def test_a_question_is_asked_once_for_all_who_ask():
    endpoint = Endpoint()
    own = vectors(endpoint)
    await asyncio.gather(*(own.of("화상") for _ in range(5)))
    await own.of("화상")
    assert endpoint.asked == [["화상"]]


async def test_a_failure_is_no_vector_and_is_not_kept():
    endpoint = Endpoint()
    own = vectors(endpoint)
    assert await own.of("나쁜") is None
    assert await own.of("나쁜") is None
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize("answer", [[[]], [["a"]], [[float("nan"), 1.0]], [[1.0], [1.0, 2.0]]])
async def test_what_is_no_vector_is_none(answer):
    async def ask(texts):
        return answer

    found = await vectors(ask).of("화상")
    assert found is None or found.size == 0


async def test_who_cannot_wait_has_none_and_the_next_has_it(monkeypatch):
    endpoint = Endpoint(open=False)
    own = vectors(endpoint)
    with entered(CallContext(deadline=0.0)):
        assert await own.of("화상") is None
    monkeypatch.setattr(query_vectors, "PATIENCE", 0.01)
    assert await own.of("화상") is None
    endpoint.gate.set()
    monkeypatch.setattr(query_vectors, "PATIENCE", 5.0)
    assert np.linalg.norm(await own.of("화상")) == pytest.approx(1)
    assert len(endpoint.asked) == 1


async def test_too_many_at_once_have_none(monkeypatch):
    monkeypatch.setattr(query_vectors, "_MOST", 2)
    endpoint = Endpoint(open=False)
    own = vectors(endpoint)
    first = [asyncio.create_task(own.of(text)) for text in ("가", "나")]
    for _ in first:
        await endpoint.came.get()
    assert await own.of("다") is None
    endpoint.gate.set()
    assert all(vector is not None for vector in await asyncio.gather(*first))


async def test_few_are_kept(monkeypatch):
    monkeypatch.setattr(query_vectors, "_KEPT", 2)
    endpoint = Endpoint()
    own = vectors(endpoint)
    for text in ("가", "나", "다", "다", "나", "가"):
        await own.of(text)
    assert [text for (text,) in endpoint.asked] == ["가", "나", "다", "가"]


async def test_closing_ends_what_is_on_its_way():
    endpoint = Endpoint(open=False)
    own = vectors(endpoint)
    waiting = asyncio.create_task(own.of("화상"))
    await endpoint.came.get()
    await own.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


class Account:
    """Knows one person, or is away."""

    def __init__(self, allowed):
        self._allowed = allowed

    async def GetPerson(self, request):
        if self._allowed is None:
            raise CallFailed("UNAVAILABLE")
        return type("Person", (), {"model_abroad_allowed": self._allowed})


@pytest.mark.parametrize(("allowed", "sent"), [(True, True), (False, False), (None, False)])
async def test_a_persons_words_go_abroad_with_their_consent_alone(allowed, sent):
    endpoint = Endpoint()
    own = vectors(endpoint, Consent(Account(allowed)).given)
    with entered(CallContext(authorization="Bearer t")):
        assert (await own.of("화상") is not None) == sent
    assert bool(endpoint.asked) == sent


async def test_who_is_not_signed_in_needs_no_consent():
    assert await Consent(Account(None)).given()
