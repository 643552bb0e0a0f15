"""As much of HTTP/1.1 as a stand-in server needs, with its hands on the connection itself."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any

_STATUS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
_MOST = 32 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body or b"{}")


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None when there is none any more."""
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= _MOST:
            return None
        return Request(method, path.partition("?")[0], headers, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        return None


class Connection:
    """The way back to the client."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.open = True

    async def json(self, status: int, answer: Any, **headers: str) -> None:
        """A whole answer."""
        body = json.dumps(answer, ensure_ascii=False).encode()
        self._head(status, "application/json", {"Content-Length": str(len(body)), **headers})
        self._writer.write(body)
        await self._writer.drain()

    async def stream(self, status: int = 200) -> None:
        """The head of an event stream, with chunks to follow."""
        self._head(status, "text/event-stream; charset=utf-8", {"Transfer-Encoding": "chunked"})
        await self._writer.drain()

    async def chunk(self, data: bytes) -> None:
        self._writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self._writer.drain()

    async def end(self) -> None:
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    def cut(self) -> None:
        """Ends the connection where it is, as a server does that goes down."""
        self.open = False
        self._writer.close()

    def reset(self) -> None:
        """Breaks the connection: the client sees a reset, not an end."""
        self.open = False
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()

    def _head(self, status: int, kind: str, headers: dict[str, str]) -> None:
        named = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self._writer.write(f"HTTP/1.1 {status} {_STATUS.get(status, 'Error')}\r\n{lines}\r\n".encode("latin-1"))
