"""Answers one HTTP operation with one unary RPC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from gateway_rest.answer import address_of, noted, request_id_of, send_answer, send_error
from gateway_rest.cookies import Cookies
from gateway_rest.errors import Headers, Refusal
from gateway_rest.incoming import call_context, check_sender, headers_of, last_event_id
from gateway_rest.json_encoder import encoder_of
from gateway_rest.operation import Operation
from services.mesh.client import Client
from services.mesh.context import entered
from services.mesh.errors import MeshError


@dataclass(frozen=True, slots=True)
class Door:
    """What every operation needs: its contract, a way to its service, its cookies, and the origins that may send them.

    Who may call is for the service behind it to say; the door passes on what proves who calls.
    """

    operation: Operation
    client: Callable[[], Client]
    cookies: Cookies
    origins: frozenset[str]

    def method(self) -> Any:
        """The RPC's client. Raises NO_POLICY when the contract lets nobody in."""
        if self.operation.policy is None:
            raise MeshError("NO_POLICY")
        return getattr(self.client(), self.operation.rpc.name)

    async def request(self, scope: Scope, receive: Receive) -> tuple[Any, Any]:
        """The request's message, and the call it asks for."""
        headers = headers_of(scope)
        check_sender(scope, headers, self.origins)
        call = call_context(headers, request_id_of(scope), address_of(scope))
        if call.remaining() == 0:
            raise MeshError("DEADLINE")
        call = replace(call, authorization=self.cookies.authorization(headers, call.authorization))
        request = await self.operation.read(scope, receive, headers)
        self.cookies.fill(headers, request)
        stream = self.operation.policy.stream if self.operation.policy else None
        if stream and stream.resume_field:
            resumed = last_event_id(headers)
            if resumed:
                setattr(request, stream.resume_field, resumed)
        return request, call

    async def refuse(self, send: Send, scope: Scope, raised: Exception) -> None:
        """Answers with what the caller may learn of an exception."""
        await self.send_error(send, scope, noted(scope, raised))

    async def send_error(self, send: Send, scope: Scope, refusal: Refusal) -> None:
        await send_error(send, scope, refusal, self.cookies.refused(scope, headers_of(scope), refusal))

    def marks(self, scope: Scope, answer: Any) -> Headers:
        """Headers of an answer beside its type and length."""
        return self.cookies.after(scope, headers_of(scope), answer)


class Unary:
    """The ASGI endpoint of an operation whose RPC answers once."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._encode = encoder_of(door.operation.rpc.output_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            method = self._door.method()
            request, call = await self._door.request(scope, receive)
            with entered(call):
                answer = await method(request)
            body, headers = orjson.dumps(self._encode(answer)), self._door.marks(scope, answer)
        except Exception as raised:
            await self._door.refuse(send, scope, raised)
        else:
            await send_answer(send, 200, body, headers=headers)
