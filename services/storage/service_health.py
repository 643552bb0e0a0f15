"""Services write down how they are, for whoever looks at the deployment as a whole."""

from __future__ import annotations

import asyncio
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncEngine

from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.storage.clock import now
from services.storage.failures import typed
from services.storage.tables.directory import service_health
from services.storage.upsert import upsert

EVERY_SECONDS, SECONDS = 10.0, 5.0

Status = Literal["healthy", "unhealthy", "maintenance"]


class HealthRecorder:
    """Writes one instance's line every ten seconds; a line that is older has nobody who writes it."""

    def __init__(self, engine: AsyncEngine, service: str, instance: str) -> None:
        self._engine, self._row = engine, {"service": service[:40], "instance": instance[:80]}
        self._status: Status = "healthy"

    def becomes(self, status: Status) -> None:
        """What the next line says."""
        self._status = status

    async def run(self) -> None:
        """Writes until cancelled. A database that is away is no reason to stop."""
        while True:
            await self.write(self._status)
            await asyncio.sleep(EVERY_SECONDS)

    async def stopped(self) -> None:
        """The instance goes down by its own will."""
        await self.write("maintenance")

    async def write(self, status: Status) -> None:
        row = {**self._row, "status": status, "checked_at": now()}
        try:
            async with typed("global", SECONDS), self._engine.begin() as connection:
                await upsert(connection, service_health, [row])
        except MeshError as problem:
            telemetry.log().warning("health_not_recorded", reason=problem.reason.name)
