"""The one way a service comes up: policies, health, both reflections, a graceful end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from services.mesh import telemetry
from services.mesh.admission import Admission, People
from services.mesh.client import MAX_MESSAGE
from services.mesh.guard import Guard
from services.mesh.identity import Verifier
from services.mesh.policy import Policy, policies_of
from services.mesh.validation import prepare

DRAIN_SECONDS = 5.0
REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class MeshServer:
    """A gRPC server of one service; ``add`` its servicers, then ``start`` it.

    ``verifier`` judges the processes that call, ``people`` those they call for; without it any bearer token is refused
    and nobody is counted.

    ``on_stop`` callbacks run after the last call has ended, newest first.
    """

    def __init__(
        self, name: str, verifier: Verifier, max_connection_age: int = 300, people: People | None = None
    ) -> None:
        self.name = name
        self._policies: dict[str, Policy] = {}
        self._services: list[str] = []
        self._on_stop: list[Callable[[], Awaitable[None]]] = []
        self._health = health.aio.HealthServicer()
        self._server = grpc.aio.server(
            interceptors=[Guard(name, self._policies, Admission(verifier, people or People()))],
            options=[
                ("grpc.max_receive_message_length", MAX_MESSAGE),
                ("grpc.max_send_message_length", MAX_MESSAGE),
                ("grpc.max_connection_age_ms", max_connection_age * 1000),
                ("grpc.max_connection_age_grace_ms", 60_000),
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
                ("grpc.so_reuseport", 0),
            ],
        )

    def add(self, service: ServiceDescriptor, servicer: object) -> None:
        """Serves ``servicer``'s methods as the service's RPCs. Raises when the servicer lacks one."""
        self._policies.update(policies_of(service))
        for method in service.methods:
            prepare(GetMessageClass(method.input_type)())
        self._services.append(service.full_name)
        handlers = {method.name: _handler(method, servicer) for method in service.methods}
        generic = grpc.method_handlers_generic_handler(service.full_name, handlers)
        self._server.add_generic_rpc_handlers((generic,))

    def on_stop(self, callback: Callable[[], Awaitable[None]]) -> None:
        self._on_stop.append(callback)

    async def start(self, address: str) -> int:
        """Listens on ``address`` ("127.0.0.1:0" picks a port) and returns the port. Raises OSError when it is taken."""
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._add_reflection()
        try:
            port = self._server.add_insecure_port(address)
        except RuntimeError:
            port = 0
        if not port:
            raise OSError(f"cannot listen on {address}: is something else running there?")
        await self._server.start()
        for name in ("", *self._services):
            await self._health.set(name, _SERVING)
        telemetry.log().info("serving", service=self.name, port=port)
        return int(port)

    async def stop(self, grace: float = DRAIN_SECONDS) -> None:
        """Tells callers to go elsewhere, lets the calls under way end, then releases what the service holds."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace)
        for callback in reversed(self._on_stop):
            await callback()

    def _add_reflection(self) -> None:
        """Reflection as v1alpha, and the same servicer as v1, whose messages are the same on the wire."""
        names = [*self._services, health.SERVICE_NAME, reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, self._server)
        servicer = reflection.aio.ReflectionServicer(names)
        handler = grpc.stream_stream_rpc_method_handler(
            servicer.ServerReflectionInfo,
            reflection_pb2.ServerReflectionRequest.FromString,
            reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
        generic = grpc.method_handlers_generic_handler(REFLECTION_V1, {"ServerReflectionInfo": handler})
        self._server.add_generic_rpc_handlers((generic,))


def _handler(method: MethodDescriptor, servicer: object) -> Any:
    if method.client_streaming:
        raise TypeError(f"{method.full_name}: the mesh serves unary requests only")
    serve = getattr(servicer, method.name, None)
    if serve is None:
        raise TypeError(f"{type(servicer).__name__} does not implement {method.full_name}")
    kind = grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler
    decode, encode = (
        GetMessageClass(method.input_type).FromString,
        GetMessageClass(method.output_type).SerializeToString,
    )
    return kind(serve, request_deserializer=decode, response_serializer=encode)
