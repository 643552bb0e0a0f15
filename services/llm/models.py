"""The models of this process: an endpoint per provider and model, opened when first asked, closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.llm.choice import Target, problems, targets
from services.llm.failure import Kind, ModelFailed
from services.llm.gate import Gate
from services.llm.pacing import Pace
from services.llm.prompt import Prompt
from services.llm.providers import Role
from services.mesh import telemetry
from services.mesh.settings import Settings

if TYPE_CHECKING:
    from services.llm.failover import Generation, Link

PROBE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Health:
    """An endpoint as an operator sees it. ``failure`` is None when it answers; ``resting`` while it is not asked."""

    provider: str
    model: str
    host: str
    roles: tuple[Role, ...]
    capabilities: tuple[str, ...]
    failure: Kind | None
    resting: bool


class Models:
    """Composes generations. Close it when the process ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._pace = settings, Pace.of(settings)
        self._links: dict[Target, Link] = {}
        for problem in problems(settings):
            telemetry.log().warning("model_provider_unusable", reason=problem)

    def generation(
        self,
        role: Role,
        prompt: Prompt,
        otherwise: Callable[[], AsyncIterator[str]],
        *,
        request: Mapping[str, str] | None = None,
        session: Mapping[str, str] | None = None,
        most: int | None = None,
        abroad: bool = True,
    ) -> Generation:
        """A text to be written for ``role``; ``request`` and ``session`` may name its provider.

        ``abroad``: whether endpoints outside of private networks may be asked. ``otherwise`` writes when no model can.
        Raises INVALID_FIELD for a provider that is not there.
        """
        from services.llm.failover import Generation

        chain = targets(role, self._settings, request, session)
        links = [self._link(target) for target in chain if abroad or not target.abroad]
        return Generation(role, links, prompt, most or self._settings.llm_max_tokens, self._pace, otherwise)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text from the deployment's embedding provider. Raises :class:`ModelFailed`.

        Nobody stands in for it: another model's vectors cannot be compared with those of the index.
        """
        from services.llm.usage import assumed, spent

        chain = targets(Role.EMBEDDING, self._settings)
        link = self._link(chain[0]) if chain else None
        if link is None or not link.gate.admits():
            raise ModelFailed(Kind.WITHHELD)
        try:
            async with asyncio.timeout(self._pace.first):
                vectors, usage = await link.endpoint.embed(texts)
        except (TimeoutError, ModelFailed) as raised:
            failure = raised if isinstance(raised, ModelFailed) else ModelFailed(Kind.FIRST_TEXT_LATE)
            link.gate.failed(failure.kind, failure.retry_after)
            raise failure from None
        link.gate.succeeded()
        spent(chain[0], Role.EMBEDDING, usage or assumed(Prompt("", "".join(texts)), ""))
        return vectors

    async def health(self) -> list[Health]:
        """Every endpoint of the deployment, asked now for its list of models."""
        roles: dict[Target, list[Role]] = {}
        for role in Role:
            for target in targets(role, self._settings):
                roles.setdefault(target, []).append(role)
        return list(await asyncio.gather(*(self._probed(target, tuple(of)) for target, of in roles.items())))

    async def close(self) -> None:
        """Closes every endpoint."""
        links = list(self._links.values())
        self._links.clear()
        await asyncio.gather(*(link.endpoint.close() for link in links))

    def _link(self, target: Target) -> Link:
        # The client takes 0.4 s and 29 MB to import: only a house that asks models pays for it.
        from services.llm.endpoint import Endpoint
        from services.llm.failover import Link

        if target not in self._links:
            self._links[target] = Link(Endpoint(target), Gate())
        return self._links[target]

    async def _probed(self, target: Target, roles: tuple[Role, ...]) -> Health:
        link = self._link(target)
        failure = None
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                offered = await link.endpoint.models()
            if offered and not any(_same(target.model, name) for name in offered):
                failure = Kind.UNKNOWN_MODEL
        except ModelFailed as failed:
            failure = failed.kind
        except TimeoutError:
            failure = Kind.FIRST_TEXT_LATE
        capabilities = target.provider.capabilities
        return Health(
            target.provider.name, target.model, target.host, roles, capabilities, failure, link.gate.breaker.open
        )


def _same(asked: str, offered: str) -> bool:
    """Whether a listed name is the model asked for: some lists say "models/NAME" or "NAME:latest"."""
    return offered.rpartition("/")[2].removesuffix(":latest") == asked.rpartition("/")[2].removesuffix(":latest")
