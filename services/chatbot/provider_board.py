"""Who can write, and how they are: asked of the endpoints at most every ten seconds, whoever looks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from services.llm.models import Health, Models
from services.llm.providers import EXTRACTIVE, Role

FRESH_SECONDS = 10.0
READY, RESTING = "ready", "resting"


@dataclass(frozen=True, slots=True)
class Shown:
    """A provider as people see it."""

    name: str
    model: str
    roles: tuple[str, ...]
    status: str


class ProviderBoard:
    """Remembers for a moment what the endpoints said."""

    def __init__(self, models: Models) -> None:
        self._models, self._lock = models, asyncio.Lock()
        self._shown: list[Shown] = []
        self._until = 0.0

    async def shown(self) -> list[Shown]:
        """Every provider of the deployment, the extractive writer first; it has the roles that nobody else has."""
        async with self._lock:
            if time.monotonic() >= self._until:
                found = [_shown(health) for health in await self._models.health()]
                taken = {role for one in found for role in one.roles}
                own = tuple(role.value for role in Role if role.value not in taken)
                self._shown = [Shown(EXTRACTIVE, "", own, READY), *found]
                self._until = time.monotonic() + FRESH_SECONDS
            return self._shown


def _shown(health: Health) -> Shown:
    failing = health.failure.value if health.failure else READY
    status = RESTING if health.resting else failing
    return Shown(health.provider, health.model, tuple(role.value for role in health.roles), status)
