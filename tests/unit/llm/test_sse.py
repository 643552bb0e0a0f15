"""The reader of a model's stream: text out however the bytes are cut, or a typed failure."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm.failure import Kind, ModelFailed
from services.llm.sse import Ended, Reader, Usage


def chunk(text=None, finish=None, **delta) -> bytes:
    said = {**delta, **({} if text is None else {"content": text})}
    return line({"choices": [{"index": 0, "delta": said, "finish_reason": finish}]})


def line(event, ascii=False) -> bytes:
    return b"data: " + json.dumps(event, ensure_ascii=ascii).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
STOP = chunk(finish="stop")


def read(data: bytes, most=1000) -> tuple[list[str], Ended]:
    reader = Reader(most)
    return list(reader.feed(data)), reader.ended()


def failure(data: bytes, most=1000) -> Kind:
    with pytest.raises(ModelFailed) as raised:
        read(data, most)
    return raised.value.kind


def test_text_and_how_it_ended():
    usage = line({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
    assert read(chunk("", role="assistant") + chunk("가") + chunk("나.") + STOP + usage + DONE) == (
        ["가", "나."],
        Ended("stop", Usage(7, 2)),
    )


def test_an_end_without_the_last_word_is_an_end():
    assert read(chunk("가") + chunk(finish="length"))[1] == Ended("length", None)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8), st.data())
def test_however_the_bytes_are_cut(texts, data):
    """Line separators of Unicode and half characters included."""
    raw = b"".join(chunk(text) for text in ["가", *texts]) + STOP + DONE
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=10)))
    reader, found = Reader(1000), []
    for begin, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        found += reader.feed(raw[begin:end])
    assert "".join(found) == "가" + "".join(texts)
    assert reader.done
    assert reader.ended().finish == "stop"


@given(st.binary(max_size=400))
def test_whatever_comes_is_text_or_a_typed_failure(raw):
    reader = Reader(10)
    with suppress(ModelFailed):
        text = "".join(reader.feed(raw))
        assert reader.ended().finish
        assert text.strip()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["choices", "delta", "content", "error", "usage", "finish_reason"]), inner)
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=4))
def test_whatever_json_comes_is_text_or_a_typed_failure(events):
    reader = Reader(10)
    with suppress(ModelFailed):
        text = "".join(reader.feed(b"".join(line(event, ascii=True) for event in events)))
        assert reader.ended().finish
        assert text.strip()


def test_comments_events_and_carriage_returns_are_part_of_the_format():
    raw = b": ping\r\nevent: x\r\nid: 1\r\n" + chunk("가").replace(b"\n", b"\r\n") + STOP
    assert read(raw)[0] == ["가"]


def test_an_event_may_go_on_in_the_next_line():
    assert read(b'data: {"choices": [{"delta":\ndata: {"content": "\xea\xb0\x80"}}]}\n\n' + STOP)[0] == ["가"]


def test_what_comes_after_the_last_word_is_not_heard():
    assert read(chunk("가") + STOP + DONE + chunk("나") + b"data: {broken}\n\n")[0] == ["가"]


def test_the_space_before_the_first_word_waits_for_it():
    assert read(chunk(" \n") + chunk(" 가") + chunk(" ") + STOP)[0] == [" \n 가", " "]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"data: {broken}\n\n", Kind.MALFORMED),
        (b"data: []\n\n", Kind.MALFORMED),
        (b"<html>no stream</html>\n", Kind.MALFORMED),
        (b"", Kind.MALFORMED),
        (chunk(["parts"]) + STOP, Kind.MALFORMED),
        (line({"choices": [7]}), Kind.MALFORMED),
        (b'data: {"choices": [{"delta": {"content": "\xed\x95"}}]}\n\n', Kind.INVALID_TEXT),
        (line({"error": {"message": "overloaded"}}), Kind.SERVER_ERROR),
        (line({"error": {"message": "slow down", "code": 429}}), Kind.RATE_LIMITED),
        (line({"error": "context length exceeded"}), Kind.SERVER_ERROR),
        (line({"error": {"code": "context_length_exceeded"}}), Kind.CONTEXT_TOO_LONG),
        (chunk("가"), Kind.CUT_OFF),
        (chunk(role="assistant"), Kind.CUT_OFF),
        (STOP + DONE, Kind.EMPTY),
        (chunk("  \n") + STOP, Kind.EMPTY),
        (chunk(refusal="아니요") + STOP, Kind.REFUSED),
        (chunk("가") + chunk(finish="content_filter"), Kind.REFUSED),
        (chunk(tool_calls=[{"index": 0}]) + chunk(finish="tool_calls"), Kind.FUNCTION_CALL),
        (chunk(function_call={"name": "f"}) + chunk(finish="function_call"), Kind.FUNCTION_CALL),
    ],
)
def test_what_is_no_answer(data, kind):
    assert failure(data) is kind


def test_text_beside_a_function_call_is_an_answer():
    assert read(chunk("가", tool_calls=[{"index": 0}]) + STOP)[0] == ["가"]


def test_more_text_than_was_asked_for_is_stopped():
    assert failure(chunk("가" * 81) + STOP, most=10) is Kind.TOO_MUCH


def test_more_bytes_than_any_answer_needs_are_stopped_without_a_line_end():
    assert failure(b"x" * 80_000, most=10) is Kind.TOO_MUCH


@pytest.mark.parametrize(
    "usage", [None, [], "7", {"prompt_tokens": None}, {"prompt_tokens": -1, "completion_tokens": 2}]
)
def test_a_usage_that_is_none_is_missing(usage):
    assert read(chunk("가") + STOP + line({"choices": [], "usage": usage}))[1].usage is None


def test_an_answer_in_one_piece():
    reader = Reader(100)
    answer = {"choices": [{"message": {"content": "가."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}
    assert list(reader.whole(json.dumps(answer).encode())) == ["가."]
    assert reader.ended() == Ended("stop", Usage(3, 0))
