"""How models fail, each as its own small script."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from tests.support.model_answer import Answer

# Tokens that go out before a failure in the middle.
BEFORE = 5
HUGE = 10 * 1024 * 1024


class Fault(StrEnum):
    NONE = "none"
    # instead of an answer
    UNAUTHORISED = "unauthorised"
    RATE_LIMITED = "rate_limited"
    NO_CREDIT = "no_credit"
    SERVER_ERROR = "server_error"
    UNKNOWN_MODEL = "unknown_model"
    ENDLESS_ERROR = "endless_error"
    RESET_AT_ONCE = "reset_at_once"
    SILENT = "silent"
    MUTE = "mute"
    # an answer of no use
    EMPTY = "empty"
    REFUSAL = "refusal"
    FILTERED = "filtered"
    FUNCTION_CALL = "function_call"
    # in the middle
    MALFORMED = "malformed"
    MALFORMED_AT_ONCE = "malformed_at_once"
    INVALID_UTF8 = "invalid_utf8"
    ERROR_EVENT = "error_event"
    RESET = "reset"
    CUT = "cut"
    STALL = "stall"
    # without an end
    ENDLESS = "endless"
    HUGE = "huge"
    NEVER_CLOSED = "never_closed"
    # no failures, but unusual
    WHOLE = "whole"
    NO_USAGE = "no_usage"


async def answer(said: Answer) -> None:
    """A sound answer, streamed or whole as it was asked for."""
    if not said.streamed:
        await said.whole({"content": "".join(said.tokens)})
        return
    await _begun(said)
    await said.finish()


async def _begun(said: Answer, most: int | None = None) -> None:
    await said.connection.stream()
    await said.delta({"role": "assistant", "content": ""})
    sent = 0
    async for token in said.due():
        if sent == most:
            break
        await said.text(token)
        sent += 1


def _error(status: int, kind: str, message: str) -> Callable[[Answer], Awaitable[None]]:
    async def refuse(said: Answer) -> None:
        error = {"message": message, "type": kind, "code": kind, "param": None}
        await said.connection.json(status, {"error": error})

    return refuse


async def _endless_error(said: Answer) -> None:
    await said.connection.stream(status=500)
    while True:
        await said.raw(b"<p>sorry</p>" * 1000)


async def _reset_at_once(said: Answer) -> None:
    said.connection.reset()


async def _silent(said: Answer) -> None:
    await said.connection.stream()
    await asyncio.Event().wait()


async def _mute(said: Answer) -> None:
    """Not even a status."""
    await asyncio.Event().wait()


def _only(delta: dict[str, Any], finish: str) -> Callable[[Answer], Awaitable[None]]:
    async def say(said: Answer) -> None:
        await said.connection.stream()
        await said.wait(0)
        await said.delta(delta)
        await said.finish(finish)

    return say


def _interrupted(data: bytes) -> Callable[[Answer], Awaitable[None]]:
    async def say(said: Answer) -> None:
        await _begun(said, BEFORE)
        await said.raw(data)
        await said.finish()

    return say


async def _malformed_at_once(said: Answer) -> None:
    await said.connection.stream()
    await said.raw(b"data: {not json}\n\n")
    await said.finish()


async def _reset(said: Answer) -> None:
    await _begun(said, BEFORE)
    said.connection.reset()


async def _cut(said: Answer) -> None:
    await _begun(said, BEFORE)
    await said.connection.end()


async def _stall(said: Answer) -> None:
    await _begun(said, BEFORE)
    await asyncio.Event().wait()


async def _endless(said: Answer) -> None:
    """Goes on and on at its pace, whatever it was told about length."""
    await said.connection.stream()
    number = 0
    while True:
        await said.wait(number)
        await said.text("그리고 ")
        number += 1


async def _huge(said: Answer) -> None:
    await _begun(said, BEFORE)
    for _ in range(HUGE // 65_536):
        await said.text("가" * (65_536 // 3))
    await said.finish()


async def _never_closed(said: Answer) -> None:
    """Says its last word, and then keeps the stream open."""
    await _begun(said)
    await said.delta({}, "stop")
    await said.raw(b"data: [DONE]\n\n")
    await asyncio.Event().wait()


async def _whole(said: Answer) -> None:
    await said.whole({"content": "".join(said.tokens)})


async def _no_usage(said: Answer) -> None:
    await _begun(said)
    await said.finish(usage=False)


FAULTS: dict[Fault, Callable[[Answer], Awaitable[None]]] = {
    Fault.NONE: answer,
    Fault.UNAUTHORISED: _error(401, "invalid_api_key", "Incorrect API key provided: sk-echo"),
    Fault.RATE_LIMITED: _error(429, "rate_limit_exceeded", "Rate limit reached"),
    Fault.NO_CREDIT: _error(429, "insufficient_quota", "You exceeded your current quota"),
    Fault.SERVER_ERROR: _error(500, "server_error", "The server had an error"),
    Fault.UNKNOWN_MODEL: _error(404, "model_not_found", "The model does not exist"),
    Fault.ENDLESS_ERROR: _endless_error,
    Fault.RESET_AT_ONCE: _reset_at_once,
    Fault.SILENT: _silent,
    Fault.MUTE: _mute,
    Fault.EMPTY: _only({"content": " \n"}, "stop"),
    Fault.REFUSAL: _only({"refusal": "도와드릴 수 없습니다."}, "stop"),
    Fault.FILTERED: _only({}, "content_filter"),
    Fault.FUNCTION_CALL: _only(
        {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "prescribe", "arguments": "{}"}}]}, "tool_calls"
    ),
    Fault.MALFORMED: _interrupted(b'data: {"choices": [{"delta": \n\n'),
    Fault.MALFORMED_AT_ONCE: _malformed_at_once,
    Fault.INVALID_UTF8: _interrupted(b'data: {"choices": [{"delta": {"content": "\xed\x95"}}]}\n\n'),
    Fault.ERROR_EVENT: _interrupted(b'data: {"error": {"message": "overloaded", "code": 503}}\n\n'),
    Fault.RESET: _reset,
    Fault.CUT: _cut,
    Fault.STALL: _stall,
    Fault.ENDLESS: _endless,
    Fault.HUGE: _huge,
    Fault.NEVER_CLOSED: _never_closed,
    Fault.WHOLE: _whole,
    Fault.NO_USAGE: _no_usage,
}
