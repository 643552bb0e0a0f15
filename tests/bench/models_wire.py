"""Both sides of the product for measurements with a model: people who chat at its edge, and the stand-in model."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from services.safety.sentences import SentenceCutter
from tests.bench.wire import HOST, BadAnswerError

_NUMBERS = itertools.count(101)
_NUMBER = re.compile(r"(\d+)mg이랑 게보린")
_CITATION = re.compile(r"\[[\d\s,]+\]")
_NOT_WORDS = re.compile(r"[\s.!?]+")


def question() -> tuple[int, str]:
    """A question nobody has asked before, so that no cache answers it, and the number that is in it."""
    number = next(_NUMBERS)
    return number, f"타이레놀 {number}mg이랑 게보린 같이 먹어도 되나요?"


@dataclass
class Chat:
    """One answer as its reader saw it, by ``time.monotonic``: when it was asked for, and each event with its data."""

    number: int
    began: float = field(default_factory=time.monotonic)
    events: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)

    @property
    def texts(self) -> list[tuple[float, str]]:
        return [(at, data["text"]) for at, name, data in self.events if name == "delta"]

    @property
    def first(self) -> float:
        """Seconds to the first sentence."""
        return self.texts[0][0] - self.began

    @property
    def whole(self) -> float:
        """Seconds to the end."""
        return self.events[-1][0] - self.began

    @property
    def by_model(self) -> bool:
        """Whether it is a whole answer and a model wrote it."""
        _, name, data = self.events[-1]
        return name == "completed" and data.get("provider") == "custom"


class StandIn:
    """The stand-in model in a process of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._port = int(url.split(":")[2].partition("/")[0])

    async def plan(self, **fields: Any) -> None:
        """Changes how it behaves and makes it forget what it received."""
        await self._control("PUT", fields)
        await self._control("DELETE")

    async def chats(self) -> list[dict[str, Any]]:
        """The chat requests it received, each as ``tests.support.model_server.Received.told`` gives it."""
        told = orjson.loads(await self._control("GET"))["received"]
        return [one for one in told if one["path"] == "/v1/chat/completions"]

    async def speaking(self, answers: int) -> None:
        """Returns once it has begun to send so many answers."""
        while True:
            if sum(bool(one["sent"]) for one in await self.chats()) >= answers:
                return
            await asyncio.sleep(0.1)

    async def by_number(self) -> dict[int, dict[str, Any]]:
        """The chat requests by the number in their question."""
        numbered = [(_NUMBER.findall(one["body"]["messages"][-1]["content"]), one) for one in await self.chats()]
        return {int(found[-1]): one for found, one in numbered if found}

    async def _control(self, method: str, body: Any = None) -> bytes:
        reader, writer = await asyncio.open_connection(HOST, self._port)
        data = orjson.dumps(body or {})
        writer.write(f"{method} /control HTTP/1.1\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        answer = await reader.readexactly(length)
        writer.close()
        return answer


@contextlib.asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """Starts the stand-in: 300 ms to the first token, 50 tokens a second, quoting the evidence."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.model_server", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        yield StandIn((await process.stdout.readline()).decode().strip())
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def asking(port: int) -> AsyncIterator[tuple[Chat, AsyncIterator[str]]]:
    """Asks a fresh question; gives the chat and the names of its events as they come. Leaving closes the connection."""
    number, asked = question()
    body, chat = orjson.dumps({"question": asked}), Chat(number)
    reader, writer = await asyncio.open_connection(HOST, port)
    head = f"POST /v1/conversations:ask HTTP/1.1\r\nhost: {HOST}\r\naccept: text/event-stream\r\n"
    writer.write(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    try:
        yield chat, _read(reader, chat)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, chat: Chat) -> AsyncIterator[str]:
    name = ""
    while line := await reader.readline():
        if line.startswith(b"event: "):
            name = line[7:].strip().decode()
        elif line.startswith(b"data: "):
            chat.events.append((time.monotonic(), name, orjson.loads(line[6:])))
            yield name
            if name in ("completed", "error"):
                return
        elif line.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")):
            raise BadAnswerError(line.decode().strip())
    raise BadAnswerError("the stream ended before its answer")


async def chatted(port: int) -> Chat:
    """A chat to its end."""
    async with asking(port) as (chat, events):
        async for _ in events:
            pass
        return chat


async def post(port: int, path: str, body: Any) -> AsyncIterator[tuple[float, bytes]]:
    """What a POST answers, line by line, with the time of each."""
    data = orjson.dumps(body)
    reader, writer = await asyncio.open_connection(HOST, port)
    head = f"POST {path} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\ncontent-type: application/json\r\n"
    writer.write(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
    try:
        await reader.readuntil(b"\r\n\r\n")
        while piece := await reader.read(65_536):
            yield time.monotonic(), piece
    finally:
        writer.close()


def delays(chat: Chat, request: dict[str, Any]) -> list[float]:
    """For each sentence of the model that was shown: seconds from the token that settled its end to the reader."""
    settled = {_folded(sentence): at for at, sentence in settlings(request)}
    shown = ((at, _folded(text)) for at, text in chat.texts)
    return [at - settled[text] for at, text in shown if text in settled]


def settlings(request: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """The sentences of a model's text, and when the token was sent that settled the end of each."""
    cutter = SentenceCutter()
    for at, token in request["sent"]:
        for sentence in cutter.feed(token):
            yield at, sentence


def lateness(request: dict[str, Any], first_s: float, pace: float) -> list[float]:
    """How late the stand-in itself sent each token, in seconds."""
    begun = request["at"] + first_s
    return [at - begun - place / pace for place, (at, _) in enumerate(request["sent"])]


def _folded(text: str) -> str:
    return _NOT_WORDS.sub("", _CITATION.sub("", text))
