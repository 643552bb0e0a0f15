"""Asks the specialists a question concerns, all at once, each within its own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from medichain.specialist.v1 import specialist_pb2 as pb
from services.mesh import telemetry
from services.mesh.client import Mesh
from services.mesh.errors import CallFailed

# How long parts that are there wait for one that comes before them.
PATIENCE_SECONDS = 0.08
SPECIALIST = pb.DESCRIPTOR.services_by_name["SpecialistService"]


@dataclass(frozen=True, slots=True)
class Part:
    """One specialist's part of an answer. ``degraded`` says in machine words why it is missing or incomplete."""

    domain: int
    response: pb.ConsultResponse
    milliseconds: int
    degraded: str = ""


def domain_of(service: str) -> int:
    """The domain a specialist answers: its service name in capitals, e.g. "drug" → DOMAIN_DRUG.

    Raises ValueError when the contract knows no such domain.
    """
    return int(pb.Domain.Value(f"DOMAIN_{service.upper()}"))


async def in_turn(tasks: Sequence[asyncio.Task[Part]]) -> AsyncIterator[tuple[int, Part]]:
    """The parts with their ranks, in the order of rank, except that one who is late does not hold up the others."""
    waiting = dict(enumerate(tasks))
    while waiting:
        first = min(waiting)
        if not waiting[first].done():
            await asyncio.wait([waiting[first]], timeout=PATIENCE_SECONDS)
        if not waiting[first].done():
            await asyncio.wait(waiting.values(), return_when=asyncio.FIRST_COMPLETED)
            first = min(rank for rank, task in waiting.items() if task.done())
        yield first, waiting.pop(first).result()


class Specialists:
    """The configured specialists, by domain. The orchestrator knows them by configuration only."""

    def __init__(self, mesh: Mesh, services: Sequence[str]) -> None:
        self._clients = {domain_of(service): mesh.client(SPECIALIST, at=service) for service in services}

    @property
    def domains(self) -> list[int]:
        return list(self._clients)

    def consult(self, domain: int, request: pb.ConsultRequest) -> asyncio.Task[Part]:
        """Starts asking one specialist. The task never fails: a specialist that is away yields a degraded part."""
        return asyncio.create_task(self._part(domain, request))

    async def _part(self, domain: int, request: pb.ConsultRequest) -> Part:
        started = time.monotonic()
        response, degraded = pb.ConsultResponse(), ""
        try:
            response = await self._clients[domain].Consult(request)
            degraded = response.missing[0] if response.missing else ""
        except CallFailed as failure:
            degraded = failure.reason.name.lower()
        if degraded:
            telemetry.DEGRADED.labels(pb.Domain.Name(domain), degraded).inc()
        return Part(domain, response, int((time.monotonic() - started) * 1000), degraded)
