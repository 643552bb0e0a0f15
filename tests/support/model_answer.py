"""One answer of the stand-in model, token by token at its pace."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any

from tests.support.model_wire import Connection

_TOKEN = re.compile(r"\s*\S{1,2}|\s+")


def tokens(text: str) -> list[str]:
    """The text in pieces as long as a Korean model's tokens: one or two characters, with the space before them."""
    return _TOKEN.findall(text)


class Answer:
    """Sends events. Token n is due ``first_s + n / pace`` seconds after the request, however long sending took."""

    def __init__(
        self, connection: Connection, body: dict[str, Any], text: str, first_s: float, pace: float,
        sent: list[tuple[float, str]], spoken: asyncio.Event,
    ) -> None:  # fmt: skip
        self.connection, self.body = connection, body
        wanted, most = tokens(text), body.get("max_tokens") or body.get("max_completion_tokens")
        self.tokens = wanted[:most]
        self.reason = "length" if len(self.tokens) < len(wanted) else "stop"
        self._first_s, self._pace, self._sent, self._spoken = first_s, pace, sent, spoken
        self._began = time.monotonic()

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def usage(self) -> dict[str, int]:
        read = sum(len(tokens(message.get("content") or "")) for message in self.body.get("messages", ()))
        return {"prompt_tokens": read, "completion_tokens": len(self.tokens), "total_tokens": read + len(self.tokens)}

    async def due(self) -> AsyncIterator[str]:
        """Each token at its time."""
        for number, token in enumerate(self.tokens):
            await self.wait(number)
            yield token

    async def wait(self, number: int) -> None:
        wait = self._began + self._first_s + number / self._pace - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)

    async def text(self, text: str) -> None:
        """Sends a piece of text, and remembers when."""
        self._sent.append((time.monotonic(), text))
        await self.delta({"content": text})
        self._spoken.set()

    async def delta(self, delta: dict[str, Any], finish: str | None = None) -> None:
        await self.event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    async def event(self, event: dict[str, Any]) -> None:
        known = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": self.body.get("model")}
        await self.raw(b"data: " + json.dumps({**known, **event}, ensure_ascii=False).encode() + b"\n\n")

    async def raw(self, data: bytes) -> None:
        await self.connection.chunk(data)

    async def finish(self, reason: str = "", *, usage: bool = True) -> None:
        """The last events and the end of the stream."""
        await self.delta({}, reason or self.reason)
        if usage and (self.body.get("stream_options") or {}).get("include_usage"):
            await self.event({"choices": [], "usage": self.usage})
        await self.raw(b"data: [DONE]\n\n")
        await self.connection.end()

    async def whole(self, message: dict[str, Any]) -> None:
        """The answer in one piece, once it is written."""
        await self.wait(len(self.tokens))
        self._sent.append((time.monotonic(), message.get("content") or ""))
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": self.reason}
        known = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": self.body.get("model")}
        await self.connection.json(200, {**known, "choices": [choice], "usage": self.usage})
