import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.knowledge.analysis import KiwiAnalyser, analysed
from services.knowledge.jamo import letters
from services.knowledge.lexical_vectors import LexicalVectors
from services.knowledge.lexicon import Lexicon
from services.safety.text import normalised

LEXICON = Lexicon.of_keywords(["심폐소생술", "타세놀이알서방정", "당뇨 약", "CPR", "간"])


@pytest.fixture(scope="module")
def kiwi():
    return KiwiAnalyser()


def tokens(kiwi, text):
    return analysed(text, kiwi.morphemes(text), LEXICON).tokens


def test_stems_of_content_words(kiwi):
    assert tokens(kiwi, "뜨거운 물에 데었어요") == ("뜨겁다", "물", "데다")


def test_compounds_stay_whole_and_give_their_nouns(kiwi):
    assert tokens(kiwi, "심폐소생술이랑 CPR") == ("심폐소생술", "심폐", "소생술", "cpr")


def test_brand_names_stay_whole_whatever_follows(kiwi):
    for text in ("타세놀이알서방정 먹어요", "타세놀이알서방정이랑 먹어요"):
        assert "타세놀이알서방정" in tokens(kiwi, text)


def test_many_at_once_is_one_by_one(kiwi):
    texts = ["머리가 아파요", "", "열이 39도예요"]
    assert kiwi.morphemes_of(texts) == [kiwi.morphemes(text) for text in texts]


def test_lexicon_takes_the_longest_word_at_the_beginning_of_a_word():
    lexicon = Lexicon(["당뇨", "당뇨약", "감기"])
    assert lexicon.spans("당뇨약당뇨를 코감기") == [(0, 3), (3, 5)]


def test_words_that_cannot_be_looked_up_are_left_out():
    assert Lexicon(["간", "abc", "가" * 13, "감기"]).words == {"감기"}


@pytest.mark.parametrize(("word", "spelled"), [("간", "ㄱㅏㄴ"), ("가", "ㄱㅏ-"), ("힣", "ㅎㅣㅎ"), ("a1ㅋ", "a1ㅋ")])
def test_letters(word, spelled):
    assert letters(word) == spelled


WILD = [
    "",
    "\x00",
    "😀" * 10_000,
    "ㅋ" * 3000,
    "\ud800",
    "ㄱㅏ",
    "\u200b\u202e",
    "가" * 2000,
    "1" * 3000,
    "a\u0301" * 500,
]


@pytest.mark.parametrize("text", WILD, ids=range(len(WILD)))
def test_wild_text_is_read(kiwi, text):
    kept = normalised(text)[:1000]
    read = analysed(kept, kiwi.morphemes(kept), LEXICON)
    assert LexicalVectors.fitted([read]).embed([read]).shape == (1, 1024)


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_any_text_is_read(text):
    kept = normalised(text)
    read = analysed(kept, _shared().morphemes(kept), LEXICON)
    assert all(token and token == token.lower() for token in read.tokens)


def _shared(made=[]):  # noqa: B006 - hypothesis tests take no module fixture
    if not made:
        made.append(KiwiAnalyser())
    return made[0]
