import numpy as np
import pytest

from services.knowledge.analysis import Analysed
from services.knowledge.embedding import background, unit, wanted
from services.knowledge.endpoint_vectors import EndpointVectors
from services.knowledge.kept_vectors import KeptVectors, forget_journals, save_keys
from services.llm.failure import Kind, ModelFailed
from services.mesh.settings import Settings


class Endpoint:
    """Takes ``most`` texts of ``longest`` characters at once; fails first as ``failures`` say; turns by ``turn``."""

    def __init__(self, most=64, longest=10_000, failures=(), turn=0):
        self.asked, self.most, self.longest, self.failures, self.turn = [], most, longest, list(failures), turn

    async def __call__(self, texts):
        self.asked.append(list(texts))
        if self.failures:
            raise self.failures.pop(0)
        if len(texts) > self.most:
            raise ModelFailed(Kind.REJECTED)
        if any(len(text) > self.longest for text in texts):
            raise ModelFailed(Kind.CONTEXT_TOO_LONG)
        return [self.vector(text) for text in texts]

    def vector(self, text):
        found = [float(len(text)), 1.0, 0.0]
        return found[self.turn :] + found[: self.turn]

    @property
    def texts(self):
        return [text for texts in self.asked for text in texts]


def embedder(endpoint, pauses=(0.0, 0.0)):
    return EndpointVectors("endpoint:m@h", endpoint, pauses)


def read(*texts):
    return [Analysed(text, ()) for text in texts]


MANY = read(*("가" * length for length in range(1, 151)))


def right(matrix, texts):
    return np.allclose(matrix, unit([[len(text.text), 1, 0] for text in texts]), atol=1e-6)


def test_batches_come_back_in_order():
    endpoint = Endpoint()
    own = embedder(endpoint)
    assert right(own.embed(MANY), MANY)
    assert own.dimensions == 3
    assert sorted(map(len, endpoint.asked)) == [22, 64, 64]


def test_an_endpoint_that_takes_fewer_gets_fewer():
    endpoint = Endpoint(most=10)
    own = embedder(endpoint)
    assert right(own.embed(MANY), MANY)
    endpoint.asked.clear()
    own.embed(MANY)
    assert (len(endpoint.asked), max(map(len, endpoint.asked))) == (30, 5)


def test_a_text_that_is_too_long_is_cut():
    endpoint = Endpoint(longest=100)
    (short, cut) = embedder(endpoint).embed(read("가나", "가" * 700))
    assert np.allclose(short, unit([[2, 1, 0]]))
    assert np.allclose(cut, unit([[87, 1, 0]]))


def test_failures_in_passing_are_tried_again():
    endpoint = Endpoint(failures=[ModelFailed(Kind.RATE_LIMITED, retry_after=0.0), ModelFailed(Kind.WITHHELD)])
    assert right(embedder(endpoint).embed(MANY[:3]), MANY[:3])
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize(
    ("failure", "times"),
    [
        (ModelFailed(Kind.UNREACHABLE), 3),
        (ModelFailed(Kind.UNAUTHORISED), 1),
        (ModelFailed(Kind.RATE_LIMITED, retry_after=3600.0), 1),
    ],
)
def test_failures_that_stay_are_raised(failure, times):
    endpoint = Endpoint(failures=[failure] * 9)
    with pytest.raises(ModelFailed) as raised:
        embedder(endpoint).embed(MANY[:3])
    assert raised.value.kind is failure.kind
    assert len(endpoint.asked) == times


def test_what_was_embedded_before_an_end_is_not_asked_for_again(tmp_path):
    first = KeptVectors(embedder(Endpoint()), tmp_path)
    first.embed(MANY[:100])
    (journal,) = tmp_path.glob("*.vectors")
    journal.write_bytes(journal.read_bytes()[:-5])  # the last record was being written
    endpoint = Endpoint()
    second = KeptVectors(embedder(endpoint), tmp_path)
    assert right(second.embed(MANY), MANY)
    assert endpoint.texts[0] == MANY[0].text  # whether it is still the same model
    assert sorted(map(len, endpoint.texts[1:])) == list(range(100, 151))
    third = Endpoint()
    assert right(KeptVectors(embedder(third), tmp_path).embed(MANY), MANY)
    assert len(third.texts) == 1


@pytest.mark.parametrize("harm", [b"", b"\x03\x00", b"\x00" * 8, (3).to_bytes(8, "little")])
def test_a_journal_without_a_record_is_none(tmp_path, harm):
    KeptVectors(embedder(Endpoint()), tmp_path).embed(MANY[:2])
    (journal,) = tmp_path.glob("*.vectors")
    journal.write_bytes(harm)
    endpoint = Endpoint()
    assert right(KeptVectors(embedder(endpoint), tmp_path).embed(MANY[:2]), MANY[:2])
    assert len(endpoint.texts) == 2
    again = Endpoint()
    assert right(KeptVectors(embedder(again), tmp_path).embed(MANY[:2]), MANY[:2])
    assert len(again.texts) == 1


def test_another_model_under_the_same_name_is_noticed(tmp_path):
    KeptVectors(embedder(Endpoint()), tmp_path).embed(MANY)
    endpoint = Endpoint(turn=1)
    found = KeptVectors(embedder(endpoint), tmp_path).embed(MANY)
    assert len(endpoint.texts) == 151
    assert np.allclose(found[0], unit([[1, 0, 1]]))


def test_the_index_before_lends_its_vectors(tmp_path):
    saved = tmp_path / "passages"
    saved.mkdir()
    np.save(saved / "vectors.npy", unit([[len(text.text), 1, 0] for text in MANY[:50]]).astype(np.float16))
    save_keys(saved, (text.text for text in MANY[:50]))
    endpoint = Endpoint()
    found = KeptVectors(embedder(endpoint), tmp_path, [saved, tmp_path / "none"]).embed([*read(""), *MANY])
    assert len(endpoint.texts) == 101
    assert not found[0].any()
    assert np.allclose(found[1:], unit([[len(text.text), 1, 0] for text in MANY]), atol=1e-3)


def test_journals_go_when_an_index_is_whole(tmp_path):
    KeptVectors(embedder(Endpoint()), tmp_path).embed(MANY[:2])
    forget_journals(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_background_is_the_mean_of_all_pairs():
    rows = unit(np.random.default_rng(1).normal(1, 1, (40, 8)))
    pairs = [float(rows[i] @ rows[j]) for i in range(40) for j in range(40) if i != j]
    assert background(np.vstack([rows, np.zeros((3, 8), np.float32)])) == pytest.approx(np.mean(pairs), abs=1e-6)
    assert background(rows[:1]) == background(np.zeros((0, 8), np.float32)) == 0


@pytest.mark.parametrize("rows", [[[1.0], [1.0, 2.0]], [1.0, 2.0], [["x"]], [[float("inf")]]])
def test_what_are_no_vectors_is_malformed(rows):
    with pytest.raises(ModelFailed) as raised:
        unit(rows)
    assert raised.value.kind is Kind.MALFORMED


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "lexical-jamo-1024-1"),
        ({"embedding_model": "jhgan/ko-sroberta-multitask"}, "sentence-transformers:jhgan/ko-sroberta-multitask"),
        (
            {"embedding_provider": "openai", "openai_api_key": "k", "embedding_model": "m"},
            "endpoint:text-embedding-3-small@api.openai.com",
        ),
        (
            {"embedding_provider": "custom", "openai_base_url": "http://user:secret@10.0.0.7:1/v1"},
            "endpoint:text-embedding-3-small@10.0.0.7",
        ),
        ({"embedding_provider": "openai"}, "lexical-jamo-1024-1"),
        ({"embedding_provider": "no-such"}, "lexical-jamo-1024-1"),
    ],
)
def test_the_embedder_a_deployment_asks_for(given, name):
    assert wanted(Settings(_env_file=None, **given)) == name
