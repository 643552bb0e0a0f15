"""The extractive writer writes what it is given, each sentence with its citation before the full stop."""

from hypothesis import given
from hypothesis import strategies as st

from services.llm.extractive import ExtractiveWriter, marked, paragraphs
from services.llm.provider import Cited, Section


def test_the_citation_stands_before_the_full_stop():
    assert marked(Cited("음주를 피하세요.", (1, 3))) == "음주를 피하세요 [1][3]."
    assert marked(Cited("음주를 피하세요", (2,))) == "음주를 피하세요 [2]"
    assert marked(Cited("자료가 없습니다.", ())) == "자료가 없습니다."


def test_sentences_of_one_source_stand_together():
    one, two, three = Cited("가.", (1,)), Cited("나.", (1,)), Cited("다.", (2,))
    assert paragraphs([one, two, three]) == [[one, two], [three]]


async def text(section, alone):
    return "".join([piece async for piece in ExtractiveWriter().write(section, alone)])


async def test_a_heading_only_beside_other_sections():
    section = Section("약 정보", (Cited("가.", (1,)),))
    assert "약 정보" not in await text(section, alone=True)
    assert "약 정보" in await text(section, alone=False)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=50), st.lists(st.integers(1, 9), max_size=3)), max_size=8))
def test_every_mark_comes_from_its_sentence(pairs):
    sentences = [Cited(text, tuple(numbers)) for text, numbers in pairs]
    for paragraph in paragraphs(sentences):
        for sentence in paragraph:
            for number in sentence.numbers:
                assert f"[{number}]" in marked(sentence)
