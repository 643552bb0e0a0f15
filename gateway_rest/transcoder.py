"""Answers one HTTP operation with one unary RPC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from gateway_rest.answer import request_id_of, send_answer, send_refusal
from gateway_rest.incoming import call_context, check_sender, headers_of
from gateway_rest.json_encoder import encoder_of
from gateway_rest.operation import Operation
from services.mesh.client import Client
from services.mesh.context import ANONYMOUS, entered
from services.mesh.errors import MeshError
from services.mesh.admission import authorise


@dataclass(frozen=True, slots=True)
class Door:
    """What every operation needs: its contract, a way to its service, and the origins that may send cookies."""

    operation: Operation
    client: Callable[[], Client]
    origins: frozenset[str]

    def method(self) -> Any:
        """The RPC's client. Raises unless the contract lets callers from outside in.

        The services see the edge as one of them, so whom the contract keeps out is kept out here.
        """
        policy = self.operation.policy
        if policy is None:
            raise MeshError("NO_POLICY")
        authorise(ANONYMOUS, policy)
        return getattr(self.client(), self.operation.rpc.name)

    async def request(self, scope: Scope, receive: Receive) -> tuple[Any, Any]:
        """The request's message, and the call it asks for."""
        headers = headers_of(scope)
        check_sender(scope, headers, self.origins, bool(self.operation.body))
        call = call_context(headers, request_id_of(scope))
        if call.remaining() == 0:
            raise MeshError("DEADLINE")
        return await self.operation.read(scope, receive, headers), call


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
            body = orjson.dumps(self._encode(answer))
        except Exception as raised:
            await send_refusal(send, scope, raised)
        else:
            await send_answer(send, 200, body)
