import numpy as np
import pytest

from services.knowledge import vectors as vectors_module
from services.knowledge.analysis import Analysed
from services.knowledge.bm25 import Bm25
from services.knowledge.fusion import fused
from services.knowledge.lexical_vectors import LexicalVectors
from services.knowledge.vectors import Vectors


def unit(rows, dimensions=64, seed=1):
    made = np.random.default_rng(seed).standard_normal((rows, dimensions)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def read(text):
    return Analysed(text, tuple(text.split()))


@pytest.fixture(params=["flat", "cells"])
def saved(request, tmp_path, monkeypatch):
    if request.param == "cells":
        monkeypatch.setattr(vectors_module, "FLAT_LIMIT", 0)
    matrix = unit(400)
    Vectors.built(matrix, np.full(200, 2)).save(tmp_path / "v")
    return matrix, Vectors.opened(tmp_path / "v")


def test_a_vector_finds_its_owner(saved):
    matrix, vectors = saved
    owners, cosines = vectors.nearest(matrix[77], 3, 0, 200)
    assert owners[0] == 38
    assert cosines[0] == pytest.approx(1, abs=0.02)


def test_a_range_is_kept_to(saved):
    matrix, vectors = saved
    owners, _ = vectors.nearest(matrix[77], 10, 100, 120)
    assert len(owners) > 0
    assert set(owners) <= set(range(100, 120))
    assert vectors.nearest(matrix[77], 10, 5, 5)[0].size == 0


def test_the_closest_row_of_an_owner_counts(saved):
    matrix, vectors = saved
    expected = np.maximum(matrix[6] @ matrix[77], matrix[7] @ matrix[77])
    assert vectors.cosines(matrix[77], np.array([38, 3])) == pytest.approx([1, expected], abs=2e-3)


def test_owners_without_rows():
    vectors = Vectors.built(unit(3), np.array([0, 2, 0, 1, 0]))
    assert vectors.cosines(unit(3)[2], np.arange(5))[[0, 2, 4]].tolist() == [0, 0, 0]
    assert vectors.cosines(unit(3)[2], np.arange(5))[3] == pytest.approx(1)
    assert vectors.nearest(unit(3)[2], 9, 0, 5)[0][0] == 3


def test_one_slip_of_a_letter_stays_close():
    embedder = LexicalVectors.fitted([read(text) for text in ("타이레놀 최대", "이부프로펜 식후", "화상 찬물", "코피")])
    right, slip, other = embedder.embed([read("타이레놀"), read("타이래놀"), read("화상")])
    assert right @ slip > 0.2 > 0.1 > abs(right @ other)


def test_a_text_without_features_is_the_zero_vector():
    embedder = LexicalVectors.fitted([read("말")])
    assert not embedder.embed([Analysed("", ()), Analysed("😀", ())]).any()


def test_bm25_is_bounded_by_rarity_and_remembers_unknown_words(tmp_path):
    Bm25.built([["화상", "물", "물"], ["코피", "물"], ["물"]]).save(tmp_path / "b")
    words = Bm25.opened(tmp_path / "b")
    query = words.query(["화상", "화상", "물", "없는말"])
    assert len(query.ids) == 2
    assert query.all_idf[-1] == max(query.all_idf)
    scores = words.scores(query)
    assert scores.argmax() == 0
    assert scores.max() < query.idf.sum()
    assert words.covered(query, np.array([0, 1])) == pytest.approx([query.idf.sum(), query.idf[1]])


@pytest.mark.parametrize("documents", [[], [[]], [[], ["물"]]])
def test_bm25_of_next_to_nothing(documents, tmp_path):
    Bm25.built(documents).save(tmp_path / "b")
    words = Bm25.opened(tmp_path / "b")
    assert words.scores(words.query(["화상"])).max() == 0


def test_a_long_question_is_not_held_against_the_passage():
    few, many = np.array([5.0, 5, 5, 5]), np.array([5.0] * 12)
    assert fused(np.array([16.0]), np.array([0.5]), few) == fused(np.array([16.0]), np.array([0.5]), many)


def test_a_score_stays_between_0_and_1():
    assert fused(np.array([99.0, 0]), np.array([1.0, -1]), np.array([1.0])).tolist() == [1, 0]
    assert fused(np.zeros(1), np.zeros(1), np.empty(0)).tolist() == [0]
