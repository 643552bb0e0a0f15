"""What a process gives the services that live in it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field

from services.mesh.admission import Limiter, People
from services.mesh.client import Mesh
from services.mesh.identity import Kind, ServiceIdentity, Verifier, service_key
from services.mesh.people import Security, Sessions, unheard
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.mesh.signing_keys import SigningKeys, published_by_account
from services.mesh.tokens import TokenVerifier


@dataclass(frozen=True, slots=True)
class Host:
    """The process's settings, its identity, its way to the other services, and how it judges the people they call for.

    ``sessions`` is None in a process that judges nobody: the edge, a command.
    """

    settings: Settings
    verifier: Verifier
    mesh: Mesh
    people: People = field(default_factory=People)
    sessions: Sessions | None = None

    @classmethod
    def named(
        cls,
        name: str,
        settings: Settings,
        kind: Kind = "service",
        *,
        sessions: Sessions | None = None,
        limiter: Limiter | None = None,
        security: Security = unheard,
    ) -> Host:
        """A host that introduces itself to others as ``name``."""
        key = service_key(settings)
        mesh = Mesh(settings, ServiceIdentity(name, key, kind))
        tokens = TokenVerifier(SigningKeys(published_by_account(mesh)), sessions) if sessions else None
        return cls(settings, Verifier(key), mesh, People(tokens, limiter, security), sessions)


async def bring_up(name: str, host: Host, address: str) -> tuple[MeshServer, int]:
    """Builds the service ``services/<name>/`` from its composition root, starts it, and returns it with its port.

    Raises ModuleNotFoundError when there is no such service.
    """
    root = importlib.import_module(f"services.{name}.service")
    server = MeshServer(name, host.verifier, host.settings.max_connection_age_s, host.people)
    await root.build(server, host)
    return server, await server.start(address)
