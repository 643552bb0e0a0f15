"""A small HTTP/1.1 client on bare streams, so that the measuring process costs as little as it can."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import orjson

HOST = "127.0.0.1"
_LENGTH = b"content-length: "


class BadAnswerError(RuntimeError):
    """An answer that is not the one measured."""


class Connection:
    """A connection kept alive for GET requests, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def get(self, path: str) -> bytes:
        """The body of a 200 answer. Raises :class:`BadAnswerError` for any other."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        begin = head.lower().find(_LENGTH) + len(_LENGTH)
        body = await self._reader.readexactly(int(head[begin : head.index(b"\r", begin)]))
        if not head.startswith(b"HTTP/1.1 200"):
            raise BadAnswerError(head.splitlines()[0].decode())
        return body


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """A connection to a server on this machine."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()


async def ask(port: int, question: str) -> tuple[float, float, str]:
    """Asks over server-sent events: seconds to the first text and to ``completed``, and the answer's text."""
    body = orjson.dumps({"question": question})
    head = f"POST /v1/conversations:ask HTTP/1.1\r\nhost: {HOST}\r\naccept: text/event-stream\r\n"
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        first, answer = await _events(reader, began)
        return first, time.perf_counter() - began, answer
    finally:
        writer.close()


async def _events(reader: asyncio.StreamReader, began: float) -> tuple[float, str]:
    first, kind = 0.0, b""
    while line := await reader.readline():
        if line.startswith(b"event: "):
            kind = line[7:].strip()
            first = first or (time.perf_counter() - began if kind == b"delta" else 0.0)
        elif line.startswith(b"data: ") and kind == b"completed":
            return first, str(orjson.loads(line[6:])["answer"])
        elif kind == b"error" or line.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")):
            raise BadAnswerError(line.decode().strip())
    raise BadAnswerError("the stream ended before its answer")
