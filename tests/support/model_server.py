"""A stand-in for an OpenAI-compatible server, over real HTTP: it takes a model's time, and fails as models fail.

In a test: ``async with ModelServer(Plan(first_s=0.0)) as server: … server.url``. By itself, for benchmarks:
``python -m tests.support.model_server --port 9100``; then ``PUT /control`` with fields of a plan as JSON changes its
behaviour, ``GET /control`` tells what it received, ``DELETE /control`` makes it forget. Times are of
``time.monotonic``, which is the same in every process of a machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import time
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.model_answer import Answer, tokens
from tests.support.model_faults import FAULTS, Fault
from tests.support.model_texts import Author, inserting, obedient, quoting, saying
from tests.support.model_wire import Connection, Request, read_request

_WIDTH = 64


@dataclass(frozen=True)
class Plan:
    """How the server behaves: seconds to the first token, tokens a second, who writes, what goes wrong.

    ``faults`` are used up one by one, ``fault`` holds after them. ``takes`` is the most characters a request may have,
    ``refuses`` the parameters it complains about, ``key``, when set, the only key it accepts, ``moved_to``, when set,
    where it sends everybody.
    """

    first_s: float = 0.3
    pace: float = 50.0
    author: Author = quoting
    faults: tuple[Fault, ...] = ()
    fault: Fault = Fault.NONE
    retry_after: str = ""
    takes: int | None = None
    refuses: tuple[str, ...] = ()
    key: str = ""
    moved_to: str = ""
    models: tuple[str, ...] = ("gpt-4o-mini", "text-embedding-3-small")


@dataclass
class Received:
    """A request as it came, and how it went: when each text was sent, when the answer ended, or when the client left.

    ``left`` is set at the moment ``gone`` is.
    """

    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(repr=False)
    connection: int
    at: float = field(default_factory=time.monotonic)
    sent: list[tuple[float, str]] = field(default_factory=list)
    ended: float | None = None
    gone: float | None = None
    left: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def told(self) -> dict[str, Any]:
        """For another process."""
        return {name: getattr(self, name) for name in ("path", "body", "connection", "at", "sent", "ended", "gone")}


class ModelServer:
    """Serves while it is entered. ``received`` holds the requests in their order.

    ``arrived`` is set once there is one, ``spoken`` once something of an answer has been sent.
    """

    def __init__(self, plan: Plan | None = None, port: int = 0) -> None:
        self.plan, self._port = plan or Plan(), port
        self.received: list[Received] = []
        self.arrived, self.spoken = asyncio.Event(), asyncio.Event()
        self._connections = 0
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def chats(self) -> list[Received]:
        return [received for received in self.received if received.path == "/v1/chat/completions"]

    async def __aenter__(self) -> ModelServer:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port, limit=1 << 20, backlog=2048)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        self._connections += 1
        number, connection = self._connections, Connection(writer)
        try:
            while connection.open and (request := await read_request(reader)):
                await self._served(request, number, reader, connection)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self._serving.discard(task)
            writer.close()

    async def _served(
        self, request: Request, number: int, reader: asyncio.StreamReader, connection: Connection
    ) -> None:
        """Answers, and watches meanwhile whether the client is still there."""
        if request.path == "/control":
            await self._controlled(request, connection)
            return
        received = Received(request.path, request.json(), request.headers, number)
        self.received.append(received)
        self.arrived.set()
        answering = asyncio.ensure_future(self._answered(received, connection))
        watching = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done() and not answering.exception():
                received.ended = time.monotonic()
            else:
                received.gone = time.monotonic()
                received.left.set()
                connection.cut()
        finally:
            for task in (answering, watching):
                task.cancel()
            await asyncio.gather(answering, watching, return_exceptions=True)

    async def _answered(self, received: Received, connection: Connection) -> None:
        plan, body = self.plan, received.body
        if plan.key and received.headers.get("authorization") != f"Bearer {plan.key}":
            await FAULTS[Fault.UNAUTHORISED](Answer(connection, body, "", 0, 1, [], self.spoken))
        elif plan.moved_to:
            await connection.json(307, {}, Location=plan.moved_to)
        elif received.path == "/v1/models":
            await connection.json(200, {"object": "list", "data": [_model(name) for name in plan.models]})
        elif received.path == "/v1/embeddings":
            await connection.json(200, embeddings(body))
        elif received.path == "/v1/chat/completions":
            await self._chat(plan, received, connection)
        else:
            await connection.json(404, {"error": {"message": "no such path", "code": "not_found"}})

    async def _chat(self, plan: Plan, received: Received, connection: Connection) -> None:
        body = received.body
        complaint = _complaint(plan, body)
        if complaint:
            await connection.json(400, {"error": complaint})
            return
        fault = plan.faults[0] if plan.faults else plan.fault
        self.plan = replace(plan, faults=plan.faults[1:])
        if plan.retry_after and fault is Fault.RATE_LIMITED:
            error = {"message": "Rate limit reached", "code": "rate_limit_exceeded"}
            await connection.json(429, {"error": error}, Retry_After=plan.retry_after)
            return
        text = plan.author(body.get("messages", ()))
        await FAULTS[fault](Answer(connection, body, text, plan.first_s, plan.pace, received.sent, self.spoken))

    async def _controlled(self, request: Request, connection: Connection) -> None:
        if request.method == "PUT":
            self.plan = replace(self.plan, **_fields(request.json()))
        elif request.method == "DELETE":
            self.received.clear()
        await connection.json(200, {"received": [received.told() for received in self.received]})


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Vectors made of the text's own bytes: the same for the same text, different for different ones."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [{"object": "embedding", "index": place, "embedding": _vector(text)} for place, text in enumerate(texts)]
    read = sum(len(tokens(text)) for text in texts)
    usage = {"prompt_tokens": read, "total_tokens": read}
    return {"object": "list", "model": body.get("model"), "data": data, "usage": usage}


def _vector(text: str) -> list[float]:
    digest = hashlib.shake_256(text.encode()).digest(_WIDTH)
    length = sum((byte - 127.5) ** 2 for byte in digest) ** 0.5
    return [(byte - 127.5) / length for byte in digest]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1, "owned_by": "stand-in"}


def _complaint(plan: Plan, body: dict[str, Any]) -> dict[str, Any] | None:
    length = sum(len(message.get("content") or "") for message in body.get("messages", ()))
    if plan.takes is not None and length > plan.takes:
        message = f"This model's maximum context length is {plan.takes} tokens. Your messages resulted in {length}."
        return {"message": message, "code": "context_length_exceeded", "param": "messages"}
    for name in plan.refuses:
        if name in body:
            return {"message": f"Unsupported parameter: '{name}'", "code": "unsupported_parameter", "param": name}
    return None


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """A plan's fields as JSON has them: an author is "quoting", "obedient", or text; ``false`` is put into it."""
    fields = dict(given)
    false = fields.pop("false", None)
    if "author" in fields or false is not None:
        named: dict[str, Author] = {"quoting": quoting, "obedient": obedient}
        given_author = fields.get("author", "quoting")
        author = named.get(given_author) or saying(given_author)
        fields["author"] = inserting(author, false) if false else author
    if "fault" in fields:
        fields["fault"] = Fault(fields["fault"])
    for name in ("faults", "refuses", "models"):
        if name in fields:
            fields[name] = tuple(Fault(item) if name == "faults" else item for item in fields[name])
    return fields


async def _serve(plan: Plan, port: int) -> None:
    async with ModelServer(plan, port) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serves until it is interrupted; prints the base URL."""
    options = argparse.ArgumentParser(description="A stand-in for an OpenAI-compatible server")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--first", type=float, default=0.3, help="seconds to the first token")
    options.add_argument("--pace", type=float, default=50.0, help="tokens a second")
    options.add_argument("--author", default="quoting", help='"quoting", "obedient", or what to say')
    options.add_argument("--fault", default="none", choices=[fault.value for fault in Fault])
    given = options.parse_args()
    plan = Plan(first_s=given.first, pace=given.pace, **_fields({"author": given.author, "fault": given.fault}))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(plan, given.port))


if __name__ == "__main__":
    main()
