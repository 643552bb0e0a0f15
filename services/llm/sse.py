"""A chat completion's event stream, read byte by byte as it comes: text out, or a typed failure.

Lines are cut at line feeds alone: other line separators of Unicode may stand inside a JSON string. A ``data`` line is
read the moment it is whole; one whose JSON goes on in the next line is kept until it is, as the format allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

import orjson

from services.llm.failure import Kind, ModelFailed
from services.llm.rejection import kind_of, status_of

# A token's text is seldom longer than this many characters, and its event than this many bytes.
_CHARACTERS, _BYTES, _ENVELOPE = 8, 1024, 65_536
# Lines that one event may be spread over; nobody is known to use more than one.
_HELD = 16


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written; ``estimated`` when the endpoint did not say and lengths had to do."""

    read: int
    written: int
    estimated: bool = False


class Mark(Enum):
    """Said between texts: IN_ONE_PIECE, before a request whose answer will come only when all of it is written."""

    IN_ONE_PIECE = "in_one_piece"


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a whole answer: why it ended ("stop", "length", …) and what it took, when the endpoint says so."""

    finish: str
    usage: Usage | None


Piece: TypeAlias = str | Mark | Ended


class Reader:
    """Reads one answer of at most ``most`` tokens. ``done`` is True once the endpoint has said its last word."""

    def __init__(self, most: int) -> None:
        self._text_left, self._bytes_left = most * _CHARACTERS, most * _BYTES + _ENVELOPE
        self._buffer: bytes = b""
        self._held: list[bytes] = []
        self._blank, self._finish = "", ""
        self._refused, self._called, self._understood, self._begun = False, False, False, False
        self._usage: Usage | None = None
        self.done = False

    def feed(self, data: bytes) -> Iterator[str]:
        """The text in ``data``. Raises :class:`ModelFailed` at the place where it cannot be understood."""
        self.take(data)
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            if not self.done:
                yield from self._line(line.rstrip(b"\r"))

    def whole(self, data: bytes) -> Iterator[str]:
        """The text of an answer that came in one piece, which has been counted as it came."""
        yield from self._event(decoded(data), "message")
        self.done = True

    def ended(self) -> Ended:
        """What the stream amounts to now that it is over. Raises :class:`ModelFailed` when it is no whole answer."""
        failure = self._failure()
        if failure:
            raise ModelFailed(failure)
        return Ended(self._finish or "stop", self._usage)

    def _failure(self) -> Kind | None:
        if self._refused:
            return Kind.REFUSED
        if self._held or not self._understood:
            return Kind.MALFORMED
        if not (self._finish or self.done):
            return Kind.CUT_OFF
        if self._begun:
            return None
        return Kind.FUNCTION_CALL if self._called else Kind.EMPTY

    def take(self, data: bytes) -> None:
        """Counts what has come. Raises :class:`ModelFailed` when it is more than an answer can be."""
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise ModelFailed(Kind.TOO_MUCH)

    def _line(self, line: bytes) -> Iterator[str]:
        if not line:
            if self._held:
                raise ModelFailed(Kind.MALFORMED)
        elif line.startswith(b"data:"):
            payload = line[5:].strip()
            if payload == b"[DONE]":
                self.done = True
            elif payload:
                yield from self._data(payload)

    def _data(self, payload: bytes) -> Iterator[str]:
        self._held.append(payload)
        try:
            event = decoded(b"\n".join(self._held))
        except ModelFailed as failure:
            if failure.kind is Kind.INVALID_TEXT or len(self._held) == _HELD:
                raise
            return
        self._held.clear()
        yield from self._event(event, "delta")

    def _event(self, event: Any, part: str) -> Iterator[str]:
        """``part`` names where a choice holds its text: "delta" in a stream, "message" in a whole answer."""
        if not isinstance(event, dict):
            raise ModelFailed(Kind.MALFORMED)
        if event.get("error"):
            raise ModelFailed(kind_of(status_of(event["error"]), event["error"]))
        self._understood = True
        self._usage = usage_of(event.get("usage")) or self._usage
        choices = event.get("choices") or [{}]
        choice = choices[0] if isinstance(choices, list) else None
        if not isinstance(choice, dict):
            raise ModelFailed(Kind.MALFORMED)
        yield from self._choice(choice, choice.get(part) or {})

    def _choice(self, choice: dict[str, Any], said: Any) -> Iterator[str]:
        text = said.get("content") if isinstance(said, dict) else 0
        if not (text is None or isinstance(text, str)):
            raise ModelFailed(Kind.MALFORMED)
        self._refused |= bool(said.get("refusal")) or choice.get("finish_reason") == "content_filter"
        self._called |= bool(said.get("tool_calls") or said.get("function_call"))
        if text:
            yield from self._text(text)
        self._finish = str(choice.get("finish_reason") or self._finish)

    def _text(self, text: str) -> Iterator[str]:
        """White space before the first word is kept back: an answer of nothing else has not begun."""
        self._text_left -= len(text)
        if self._text_left < 0:
            raise ModelFailed(Kind.TOO_MUCH)
        if self._begun or text.strip():
            text, self._blank, self._begun = self._blank + text, "", True
            yield text
        else:
            self._blank += text


def decoded(data: bytes) -> Any:
    """The JSON value. Raises :class:`ModelFailed`: broken text and broken JSON are told apart."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        data.decode()
    except UnicodeDecodeError:
        raise ModelFailed(Kind.INVALID_TEXT) from None
    raise ModelFailed(Kind.MALFORMED)


def usage_of(given: Any) -> Usage | None:
    """The usage an endpoint reports, when it is one."""
    if not isinstance(given, dict):
        return None
    read, written = given.get("prompt_tokens"), given.get("completion_tokens", 0)
    if isinstance(read, int) and isinstance(written, int) and read >= 0 and written >= 0:
        return Usage(read, written)
    return None
