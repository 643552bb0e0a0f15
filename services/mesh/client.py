"""Calls to other services, made as the contract says.

A call ends when the caller's own time ends or the contract's timeout is over, whichever is first; the rest (balancing,
health checking, retries) is the gRPC service config built from the same contract.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from services.mesh import telemetry
from services.mesh.breaker import Breaker
from services.mesh.context import current
from services.mesh.errors import CallFailed, from_rpc
from services.mesh.identity import METADATA_KEY, ServiceIdentity
from services.mesh.policy import Policy, path_of, policy_of, service_config
from services.mesh.settings import Settings

ADDRESS_KEY = "x-medichain-address"
MAX_MESSAGE = 4 * 1024 * 1024


class Method:
    """One RPC of one service. Call it, or iterate over ``stream`` when the RPC streams."""

    def __init__(self, client: Client, method: MethodDescriptor, policy: Policy) -> None:
        self._client, self._policy, self._name = client, policy, method.name
        opened = client.channel.unary_stream if method.server_streaming else client.channel.unary_unary
        self._call: Any = opened(
            path_of(method),
            request_serializer=GetMessageClass(method.input_type).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )

    async def __call__(self, request: Any, *, timeout: float | None = None) -> Any:
        """The answer. Raises :class:`CallFailed` with the callee's reason."""
        seconds = self._begin(timeout)
        try:
            answer = await self._call(request, timeout=seconds, metadata=self._client.metadata())
        except grpc.aio.AioRpcError as error:
            raise self._failed(error) from None
        except asyncio.CancelledError:
            self._count("CANCELLED")
            raise
        self._succeeded()
        return answer

    async def stream(self, request: Any, *, timeout: float | None = None) -> AsyncGenerator[Any, None]:
        """The answers as they come. Close the iterator (``contextlib.aclosing``) to cancel the call."""
        call = self._call(request, timeout=self._begin(timeout), metadata=self._client.metadata())
        try:
            async for item in call:
                yield item
            self._succeeded()
        except grpc.aio.AioRpcError as error:
            raise self._failed(error) from None
        finally:
            call.cancel()

    def _begin(self, timeout: float | None) -> float:
        if not self._client.breaker.admits():
            self._count("WITHHELD")
            raise CallFailed("UNAVAILABLE")
        limits = (timeout, self._policy.timeout, current().remaining())
        seconds = min(limit for limit in limits if limit is not None)
        if seconds <= 0:
            raise CallFailed("DEADLINE")
        return seconds

    def _succeeded(self) -> None:
        self._client.breaker.succeeded()
        self._count("OK")

    def _failed(self, error: grpc.aio.AioRpcError) -> CallFailed:
        failure = from_rpc(error)
        if failure.absent and not failure.answered:
            # An answer saying that something behind the callee is away is about one thing, not about the callee.
            self._client.breaker.failed()
        else:
            self._client.breaker.succeeded()
        self._count(error.code().name)
        return failure

    def _count(self, code: str) -> None:
        telemetry.OUTGOING.labels(self._client.callee, self._name, code).inc()
        telemetry.BREAKER_OPEN.labels(self._client.callee).set(self._client.breaker.open)


class Client:
    """A service's RPCs by name: ``await client.CheckInteractions(request)``."""

    def __init__(self, callee: str, service: ServiceDescriptor, target: str, identity: ServiceIdentity) -> None:
        self.callee, self._identity = callee, identity
        self.breaker = Breaker()
        self.channel = grpc.aio.insecure_channel(target, options=channel_options(service_config(service)))
        self.channel.get_state(try_to_connect=True)  # the first caller does not wait for the connection
        self._methods: dict[str, Method] = {}
        for method in service.methods:
            policy = policy_of(method)
            if policy:
                self._methods[method.name] = Method(self, method, policy)

    def __getattr__(self, name: str) -> Method:
        try:
            return self._methods[name]
        except KeyError:
            raise AttributeError(f"{self.callee} has no RPC {name} with a policy") from None

    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What every call carries: our identity, the request id, the trace, and what is the person's own."""
        call = current()
        carried = telemetry.injected({METADATA_KEY: self._identity.token(), "x-request-id": call.request_id})
        if call.authorization:
            carried["authorization"] = call.authorization
        if call.idempotency_key:
            carried["idempotency-key"] = call.idempotency_key
        if call.address:
            carried[ADDRESS_KEY] = call.address
        return tuple(carried.items())


def channel_options(config: str | None = None) -> list[tuple[str, Any]]:
    """Options of a channel; a short reconnect backoff, so that a restarted service is found within half a second."""
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", MAX_MESSAGE),
        ("grpc.max_send_message_length", MAX_MESSAGE),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 400),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.use_local_subchannel_pool", 1),
    ]
    if config:
        options.append(("grpc.service_config", config))
    return options


class Mesh:
    """The other services, as one process reaches them: a channel per service, opened when first used."""

    def __init__(self, settings: Settings, identity: ServiceIdentity) -> None:
        self._settings, self._identity = settings, identity
        self._clients: dict[tuple[str, str], Client] = {}

    def client(self, service: ServiceDescriptor, at: str | None = None) -> Client:
        """The client of a service. ``at`` names who serves it, when that is not the service's own package."""
        callee = at or service.full_name.split(".")[1]
        key = (callee, service.full_name)
        if key not in self._clients:
            self._clients[key] = Client(callee, service, self._settings.address(callee), self._identity)
        return self._clients[key]

    async def close(self) -> None:
        """Closes every channel; calls under way are cancelled."""
        await asyncio.gather(*(client.channel.close() for client in self._clients.values()))
        self._clients.clear()
