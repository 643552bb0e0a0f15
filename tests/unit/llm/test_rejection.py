"""What an endpoint means by refusing, in the words of several of them."""

from datetime import UTC, datetime

import pytest

from services.llm.failure import Kind
from services.llm.outbound import OPTIONAL
from services.llm.rejection import kind_of, retry_after, unwanted


def error(message="", code=None, **more):
    return {"error": {"message": message, "code": code, **more}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, error("Incorrect API key provided", "invalid_api_key"), Kind.UNAUTHORISED),
        (403, "denied", Kind.UNAUTHORISED),
        (404, error("The model `x` does not exist", "model_not_found"), Kind.UNKNOWN_MODEL),
        (404, error('model "llama9" not found, try pulling it first'), Kind.UNKNOWN_MODEL),
        (400, error("The model `x` does not exist.", "BadRequest"), Kind.UNKNOWN_MODEL),
        (429, error("Rate limit reached", "rate_limit_exceeded"), Kind.RATE_LIMITED),
        (429, error("You exceeded your current quota", "insufficient_quota"), Kind.NO_CREDIT),
        (402, None, Kind.NO_CREDIT),
        (400, error("maximum context length is 8192 tokens", "context_length_exceeded"), Kind.CONTEXT_TOO_LONG),
        (400, error("Range of input length should be [1, 98304]"), Kind.CONTEXT_TOO_LONG),
        (400, error("The input token count (2000000) exceeds the maximum"), Kind.CONTEXT_TOO_LONG),
        (413, "", Kind.CONTEXT_TOO_LONG),
        (422, error("bad field"), Kind.REJECTED),
        (302, "", Kind.REJECTED),
        (500, "<html>context length</html>", Kind.SERVER_ERROR),
        (503, error("overloaded"), Kind.SERVER_ERROR),
        (408, None, Kind.SERVER_ERROR),
        (400, [1, 2], Kind.REJECTED),
    ],
)
def test_kinds(status, body, kind):
    assert kind_of(status, body) is kind


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        (error("Unsupported parameter: 'stream_options'", param="stream_options"), "stream_options"),
        (error("Unsupported value: 'temperature' does not support 0.2", param="temperature"), "temperature"),
        (error("This model does not support streaming."), "stream"),
        (error("messages: upstream said no"), ""),
        (error("bad request"), ""),
        (None, ""),
    ],
)
def test_the_parameter_a_refusal_is_about(body, parameter):
    assert unwanted(body, OPTIONAL) == parameter


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sat, 21 Nov 2026 00:00:05 GMT"}, 5.0),
        ({"retry-after": "Sat, 21 Nov 2020 00:00:05 GMT"}, 0.0),
        ({"retry-after": "999999999"}, 3600.0),
        ({"retry-after-ms": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 00:00:05"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers, seconds):
    assert retry_after(headers, datetime(2026, 11, 21, tzinfo=UTC)) == seconds
