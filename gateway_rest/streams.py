"""Answers one HTTP operation with a server-streaming RPC: as server-sent events, or as one JSON document.

When the caller goes away the RPC is cancelled at once. A failure before the first event is a plain HTTP error, one
after it is the stream's own error event. A document that tells of a failure repeats the event the contract calls a
notice, for it must reach the caller whatever happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor
from starlette.types import Receive, Scope, Send

from gateway_rest.answer import NO_STORE, noted, send_answer
from gateway_rest.errors import Refusal, of_reason
from gateway_rest.incoming import headers_of
from gateway_rest.json_encoder import Encode, encoder_of
from gateway_rest.template import UnroutableError
from gateway_rest.transcoder import Door
from medichain.mesh.v1 import policy_pb2
from services.mesh.context import entered
from services.mesh.errors import CATALOG, MeshError

EVENT_STREAM = b"text/event-stream"
KEEP_ALIVE_SECONDS = 15.0
_COMMENT = b": keep-alive\n\n"
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), NO_STORE, (b"x-accel-buffering", b"no")]


class _DisconnectedError(Exception):
    """The caller closed the connection."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the items of a stream become events."""

    names: policy_pb2.Stream
    encoders: dict[str, Encode]

    @classmethod
    def of(cls, item: Descriptor, names: policy_pb2.Stream) -> Shape:
        """Raises :class:`UnroutableError` when the policy names what the message does not have."""
        kinds = events_of(item, names)
        named = {names.answer_event, names.error_event, *filter(None, [names.notice_event])}
        if not named <= kinds.keys() or names.id_field not in item.fields_by_name:
            raise UnroutableError(f"{item.full_name} does not have the parts its stream policy names")
        return cls(names, {name: encoder_of(kind) for name, kind in kinds.items()})

    def event_of(self, item: Any) -> tuple[str, str, Any] | None:
        """Name, id and data of an item's event; None when it holds none."""
        name = item.WhichOneof(self.names.event_oneof)
        if name is None:
            return None
        return name, getattr(item, self.names.id_field), self.encoders[name](getattr(item, name))


def events_of(item: Descriptor, names: policy_pb2.Stream) -> dict[str, Descriptor]:
    """The events a stream's items may hold, with the types of their data. Raises when one has none."""
    oneof = item.oneofs_by_name.get(names.event_oneof)
    fields = oneof.fields if oneof else []
    kinds = {field.name: field.message_type for field in fields if field.message_type}
    if len(kinds) < len(fields):
        raise UnroutableError(f"{item.full_name} has an event that is no message")
    return kinds


class Streaming:
    """The ASGI endpoint of an operation whose RPC streams."""

    def __init__(self, door: Door, keep_alive: float = KEEP_ALIVE_SECONDS) -> None:
        policy, rpc = door.operation.policy, door.operation.rpc
        if policy is not None and policy.stream is None:
            raise UnroutableError(f"{rpc.full_name} streams and its policy does not say how that becomes events")
        self._door, self._keep_alive = door, keep_alive
        if policy and policy.stream and policy.stream.resume_field not in ("", *rpc.input_type.fields_by_name):
            raise UnroutableError(f"{rpc.full_name} is continued by a field that {rpc.input_type.name} does not have")
        self._shape = Shape.of(rpc.output_type, policy.stream) if policy and policy.stream else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            method = self._door.method()
            request, call = await self._door.request(scope, receive)
            with entered(call):
                await _while_connected(self._answer(scope, send, method.stream(request)), receive)
        except _DisconnectedError:
            return
        except Exception as raised:
            await self._door.refuse(send, scope, raised)

    async def _answer(self, scope: Scope, send: Send, items: AsyncGenerator[Any, None]) -> None:
        assert self._shape is not None  # an RPC without a policy was refused before it was called
        if EVENT_STREAM in headers_of(scope).get(b"accept", b"").lower():
            await _Events(scope, send, self._shape, self._keep_alive).pass_on(items)
        else:
            outcome = await _document(scope, self._shape, items)
            if isinstance(outcome, Refusal):
                await self._door.send_error(send, scope, outcome)
            else:
                await send_answer(send, 200, outcome)


class _Events:
    """One answer as server-sent events."""

    def __init__(self, scope: Scope, send: Send, shape: Shape, keep_alive: float) -> None:
        self._scope, self._send, self._shape, self._keep_alive = scope, send, shape, keep_alive
        self._begun, self._last, self._id, self._ended = False, _now(), "", False

    async def pass_on(self, items: AsyncGenerator[Any, None]) -> None:
        """Sends every item as it comes. Raises what goes wrong before anything was sent."""
        beat = asyncio.create_task(self._beat())
        try:
            async with aclosing(items):
                async for item in items:
                    await self._pass(item)
            if not self._ended:
                raise MeshError("INTERNAL")  # a stream ends with its answer or its error
        except Exception as raised:
            if not self._begun:
                raise
            await self._fail(raised)
        finally:
            beat.cancel()
        await self._send({"type": "http.response.body", "body": b""})

    async def _pass(self, item: Any) -> None:
        event = self._shape.event_of(item)
        if event:
            name, self._id, data = event
            await self._event(name, self._id, data)

    async def _event(self, name: str, id: str, data: Any) -> None:
        self._ended = self._ended or name in (self._shape.names.answer_event, self._shape.names.error_event)
        head = f"event: {name}\nid: {id}\ndata: ".encode()
        await self._write(head + orjson.dumps(data) + b"\n\n")

    async def _fail(self, raised: Exception) -> None:
        refusal = noted(self._scope, raised)
        if not self._ended:
            data = {"error": refusal.error, "message": refusal.message}
            await self._event(self._shape.names.error_event, _next(self._id), data)

    async def _beat(self) -> None:
        """Sends a comment after each silence, so that nothing on the way takes the connection for dead."""
        while True:
            await asyncio.sleep(self._last + self._keep_alive - _now())
            if _now() - self._last >= self._keep_alive:
                await self._write(_COMMENT)

    async def _write(self, chunk: bytes) -> None:
        self._last = _now()
        if not self._begun:
            self._begun = True
            await self._send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _document(scope: Scope, shape: Shape, items: AsyncGenerator[Any, None]) -> bytes | Refusal:
    """One answer as one JSON document: the payload of its answer event. A refusal repeats the notice before it."""
    seen: dict[str, Any] = {}
    try:
        async with aclosing(items):
            async for item in items:
                name, _, data = shape.event_of(item) or ("", "", {})
                seen[name] = data
                if name == shape.names.error_event:
                    break
        outcome = _outcome(shape, seen)
    except Exception as raised:
        outcome = noted(scope, raised)
    notices = {name: data for name, data in seen.items() if name and name == shape.names.notice_event}
    return replace(outcome, notices=notices) if isinstance(outcome, Refusal) else outcome


def _outcome(shape: Shape, seen: dict[str, Any]) -> bytes | Refusal:
    if shape.names.error_event in seen:
        return _failed(seen[shape.names.error_event])
    if shape.names.answer_event not in seen:
        raise MeshError("INTERNAL")  # a stream ends with its answer or its error
    return orjson.dumps(seen[shape.names.answer_event])


def _failed(data: dict[str, Any]) -> Refusal:
    """The answer for an error event, by the reason it names."""
    reason = of_reason(CATALOG.get(str(data.get("error")), CATALOG["INTERNAL"]))
    return Refusal(reason.status, reason.error, str(data.get("message") or reason.message), headers=reason.headers)


async def _while_connected(work: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Runs ``work`` to its end, or cancels it when the caller goes away, raising :class:`_DisconnectedError`."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(_departure(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
    if working.cancelled():
        raise _DisconnectedError
    working.result()


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _next(id: str) -> str:
    """The id after "exchange/7": "exchange/8"; an id of another form is kept."""
    head, slash, number = id.rpartition("/")
    return f"{head}/{int(number) + 1}" if slash and number.isdecimal() else id


def _now() -> float:
    return asyncio.get_running_loop().time()
