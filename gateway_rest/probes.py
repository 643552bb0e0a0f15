"""What machines ask: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import grpc
import orjson
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import Receive, Scope, Send

from gateway_rest.answer import send_answer
from medichain.chatbot.v1 import chatbot_pb2
from medichain.specialist.v1 import specialist_pb2
from services.mesh.client import Mesh
from services.mesh.errors import CallFailed
from services.mesh.settings import SERVICES, Settings

_CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
_CONSULT = specialist_pb2.DESCRIPTOR.services_by_name["SpecialistService"]
_CHECK_SECONDS = 1.0


async def alive(scope: Scope, receive: Receive, send: Send) -> None:
    """GET /healthz: this process answers."""
    await send_answer(send, 200, b'{"status":"alive"}')


async def metrics(scope: Scope, receive: Receive, send: Send) -> None:
    """GET /metrics: Prometheus' text format."""
    await send_answer(send, 200, generate_latest(), CONTENT_TYPE_LATEST.encode())


class Readiness:
    """GET /readyz: 200 when every service of the deployment serves, else 503; both name each service's state.

    A model endpoint that is away makes the house degraded, not unready: answers go on from the sources.
    """

    def __init__(self, settings: Settings, mesh: Mesh, services: Iterable[ServiceDescriptor]) -> None:
        self._mesh = mesh
        own = {service.full_name.split(".")[1]: service for service in reversed(list(services))}
        specialists = (name.strip() for name in settings.specialists.split(","))
        self._required = {name: own.get(name, _CONSULT) for name in (*SERVICES, *filter(None, specialists))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        models = asyncio.create_task(self._models())
        states = await asyncio.gather(*(self._state(name) for name in self._required))
        ready = all(state == "SERVING" for state in states)
        providers = await models
        whole = all(status == "ready" for status in providers.values())
        found = {
            "status": ("ready" if whole else "degraded") if ready else "unready",
            "services": {name: {"status": state} for name, state in zip(self._required, states, strict=True)},
            "models": {name: {"status": status} for name, status in providers.items()},
        }
        await send_answer(send, 200 if ready else 503, orjson.dumps(found))

    async def _models(self) -> dict[str, str]:
        """Who can write, and how they are; nothing while nobody can tell."""
        try:
            answer = await self._mesh.client(_CHATBOT).ListProviders(chatbot_pb2.ListProvidersRequest())
        except CallFailed:
            return {}
        return {provider.name: provider.status for provider in answer.providers}

    async def _state(self, name: str) -> str:
        channel = self._mesh.client(self._required[name], at=name).channel
        try:
            answer = await health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=_CHECK_SECONDS
            )
        except grpc.aio.AioRpcError as error:
            return str(error.code().name)
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))
