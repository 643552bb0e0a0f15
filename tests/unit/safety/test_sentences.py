"""Sentences out of a stream: each as soon as its end is settled, however the stream is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.safety.sentences import LONGEST, SentenceCutter

TEXTS = [
    ("하루 3회 드세요 [1]. 물과 함께 드세요 [2].", ["하루 3회 드세요 [1].", "물과 함께 드세요 [2]."]),
    ("하루 3회 드세요. [1] 물과 함께 드세요. [2][3]", ["하루 3회 드세요. [1]", "물과 함께 드세요. [2][3]"]),
    ("하루 3회 드세요.[1] 쉬세요.", ["하루 3회 드세요.[1]", "쉬세요."]),
    ("0.5 mg을 먹습니다. 1.5배입니다.", ["0.5 mg을 먹습니다.", "1.5배입니다."]),
    ("1일 3회. 식후 30분.", ["1일 3회.", "식후 30분."]),
    ("비타민 B12. 철분도 있습니다.", ["비타민 B12.", "철분도 있습니다."]),
    ("기준일은 2026. 11. 20. 입니다.", ["기준일은 2026. 11. 20.", "입니다."]),
    ("1. 물을 드세요\n2. 쉬세요\n- 누우세요", ["1. 물을 드세요", "2. 쉬세요", "- 누우세요"]),
    ("① 누르세요. ② 확인하세요.", ["① 누르세요.", "② 확인하세요."]),
    ("왜 아플까요? 여러 가지입니다!", ["왜 아플까요?", "여러 가지입니다!"]),
    ("저... 그게 아닙니다… 그럼 쉬세요...", ["저... 그게 아닙니다…", "그럼 쉬세요..."]),
    ('"물을 마시세요."라고 말하세요. 끝입니다.', ['"물을 마시세요."라고 말하세요.', "끝입니다."]),
    ("A약 vs. B약을 견줍니다. 끝입니다.", ["A약 vs. B약을 견줍니다.", "끝입니다."]),
    ("약(위를 자극합니다. 주의)을 드세요. 끝.", ["약(위를 자극합니다. 주의)을 드세요.", "끝."]),
    ("하세요.그리고 쉬세요.", ["하세요.", "그리고 쉬세요."]),
    ("www.nemc.or.kr에서 찾으세요 [1, 2].", ["www.nemc.or.kr에서 찾으세요 [1, 2]."]),
    ("", []),
    (" \n\n ", []),
]


def cut(pieces):
    cutter = SentenceCutter()
    found = [sentence for piece in pieces for sentence in cutter.feed(piece)]
    return [*found, *cutter.end()]


@pytest.mark.parametrize(("text", "sentences"), TEXTS)
def test_cut(text: str, sentences: list[str]) -> None:
    assert cut([text]) == sentences
    assert cut(text) == sentences


def test_a_sentence_cited_before_its_full_stop_leaves_with_it() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("하루 3회 드세요 [1]") == []
    assert cutter.feed(".") == ["하루 3회 드세요 [1]."]


def test_another_leaves_with_the_next_letter() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("하루 3회 드세요. ") == []
    assert cutter.feed("물") == ["하루 3회 드세요."]


def test_a_point_in_a_number_never_ends_a_sentence() -> None:
    cutter = SentenceCutter()
    assert [cutter.feed(piece) for piece in ("0", ".", "5 mg")] == [[], [], []]


def test_a_run_on_is_dropped_whole_and_counted() -> None:
    cutter = SentenceCutter()
    found = [said for piece in ["가 " * 400, "드세요. ", "쉬세요."] for said in cutter.feed(piece)] + cutter.end()
    assert found == ["쉬세요."]
    assert cutter.dropped == 1


def test_the_cutter_holds_little_of_a_run_on() -> None:
    cutter = SentenceCutter()
    for _ in range(2000):
        assert cutter.feed("가나다라 마바사 ") == []
    assert len(cutter._held) <= 2 * LONGEST


pieces = st.sampled_from(
    [*"가다요까mg1290.5%[]().!?…\n \"'*-,①", "하세요", "습니다", "[1]", " [2].", "다. ", "1. ", "..."]
)


@given(st.lists(pieces, max_size=60).map("".join), st.lists(st.integers(1, 9), min_size=1, max_size=30))
def test_pieces_change_nothing_and_nothing_is_lost_or_invented(text: str, sizes: list[int]) -> None:
    whole = cut([text])
    parts, at = [], 0
    while at < len(text):
        size = sizes[len(parts) % len(sizes)]
        parts.append(text[at : at + size])
        at += size
    assert cut(parts) == whole == cut(text)
    assert "".join("".join(whole).split()) == "".join(text.split())


@given(st.lists(pieces, min_size=200, max_size=900).map("".join), st.integers(1, 700))
def test_run_ons_are_the_same_in_any_pieces(text: str, size: int) -> None:
    assert cut([text[at : at + size] for at in range(0, len(text), size)]) == cut([text])
