import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.knowledge.analysis import analysed
from services.knowledge.building import build
from services.knowledge.examples import Example
from services.knowledge.index import Index
from services.knowledge.lexical_vectors import LexicalVectors
from services.knowledge.memo import Memo
from services.safety.text import normalised
from tests.unit.knowledge.corpus import PASSAGES, PlainAnalyser, passage

EXAMPLES = [Example("왕 순서 알려줘", ("out_of_scope",)), Example("화상 전문 병원", ("clinic", "emergency_support"))]

# The embedders of the indexes that were made, which are kept with them.
EMBEDDERS = {}


def made(folder, passages, examples=EXAMPLES, memo=None):
    folder.mkdir()
    build(folder, passages, examples, memo or Memo(PlainAnalyser()))
    index = Index.opened(folder)
    EMBEDDERS[id(index)] = (index, LexicalVectors.opened(folder))
    return index


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return made(tmp_path_factory.mktemp("index") / "i", PASSAGES)


def understood(index, text):
    read = analysed(text, PlainAnalyser().morphemes(text), index.lexicon)
    _, embedder = EMBEDDERS[id(index)]
    return read, embedder.embed([read])[0]


def ids(index, text, **where):
    return [hit.passage.id for hit in index.search(*understood(index, text), **where)]


def test_the_passage_that_answers_comes_first(index):
    assert ids(index, "화상에 뜨거운 물")[0] == "e1"
    assert ids(index, "부루펜 빈속에")[0] == "d2"


def test_scores_tell_something_else_apart(index):
    (hit,) = index.search(*understood(index, "타이레놀 몇 알까지"), count=1)
    assert hit.score > 0.6
    assert hit.coverage == pytest.approx(1)
    assert index.search(*understood(index, "비트코인 시세")) == []


def test_words_alone_find_it_too(index):
    read, vector = understood(index, "부루펜 빈속에")
    hits = index.search(read, None)
    assert [hit.passage.id for hit in hits] == ["d2"]
    assert hits[0].coverage == index.search(read, vector)[0].coverage
    assert 0.35 < hits[0].score <= 1


def test_coverage_counts_words_nobody_knows(index):
    (hit,) = index.search(*understood(index, "타이레놀 비트코인"), count=1)
    assert hit.passage.id == "d1"
    assert 0 < hit.coverage < 0.6


def test_a_domain_or_group_is_kept_to(index):
    assert ids(index, "타이레놀 화상", domain="drug") == ["d1"]
    assert ids(index, "코피 화상 타이레놀", group="nose") == ["e2"]
    assert ids(index, "타이레놀", group="no_such") == []
    assert ids(index, "타이레놀", domain="out_of_scope") == []


def test_a_group_name_may_occur_in_two_domains(index):
    assert index.catalogue.ranges(group="g") == [(0, 3)]
    assert index.catalogue.ranges() == [(0, 4)]
    assert set(ids(index, "타이레놀 화상", group="g")) == {"d1", "e1"}


def test_neighbours_carry_labels(index):
    _, vector = understood(index, "화상 전문 병원")
    closest = index.neighbours(vector, 2)
    assert closest[0].labels == ("clinic", "emergency_support")
    assert closest[0].similarity == pytest.approx(1, abs=1e-3)
    assert index.neighbours(np.zeros_like(vector), 2) == []


def test_passages_questions_are_examples_too(index):
    _, vector = understood(index, "코피가 안 멈춰요")
    assert index.neighbours(vector, 1)[0].labels == ("emergency_support",)


def test_best_of_many_is_found_beyond_the_candidates(tmp_path):
    many = [passage(f"p{n}", "drug", f"주제{n}", f"주제{n} 이야기", [f"주제{n} 물음"]) for n in range(300)]
    index = made(tmp_path / "i", many)
    assert ids(index, "주제287 물음", count=1) == ["p287"]


def test_words_alone_find_the_best_of_many(tmp_path):
    many = [passage(f"p{n}", "drug", f"주제{n}", f"주제{n} 이야기", [f"주제{n} 물음"]) for n in range(300)]
    index = made(tmp_path / "i", many)
    assert index.search(understood(index, "주제287 물음")[0], None, count=1)[0].passage.id == "p287"


def test_an_empty_corpus_answers_nothing(tmp_path):
    index = made(tmp_path / "i", [], [])
    assert ids(index, "타이레놀") == []
    assert index.neighbours(understood(index, "타이레놀")[1], 3) == []


def test_analyses_are_remembered(tmp_path):
    first, second = PlainAnalyser(), PlainAnalyser()
    made(tmp_path / "a", PASSAGES, memo=Memo(first))
    grown = [*PASSAGES, passage("n", "drug", "새로운", "것", [], ["새"])]
    made(tmp_path / "b", grown, memo=Memo.opened(second, tmp_path / "a"))
    assert first.analysed > 10
    assert second.analysed == 3


def test_another_analyser_begins_anew(tmp_path):
    made(tmp_path / "a", PASSAGES)
    other = PlainAnalyser()
    other.name = "plain-2"
    Memo.opened(other, tmp_path / "a").morphemes("코피")
    assert other.analysed == 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_breaks_a_search(index, text):
    read, vector = understood(index, normalised(text))
    for hit in index.search(read, vector):
        assert 0 < hit.score <= 1
        assert 0 <= hit.coverage <= 1
    assert len(index.neighbours(vector, 5)) <= 5
