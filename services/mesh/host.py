"""What a process gives the services that live in it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from services.mesh.client import Mesh
from services.mesh.identity import ServiceIdentity, Verifier, service_key
from services.mesh.server import MeshServer
from services.mesh.settings import Settings


@dataclass(frozen=True, slots=True)
class Host:
    """The process's settings, its identity, and its way to the other services."""

    settings: Settings
    verifier: Verifier
    mesh: Mesh

    @classmethod
    def named(cls, name: str, settings: Settings, kind: str = "service") -> Host:
        """A host that introduces itself to others as ``name``."""
        key = service_key(settings)
        return cls(settings, Verifier(key), Mesh(settings, ServiceIdentity(name, key, kind)))


async def bring_up(name: str, host: Host, address: str) -> tuple[MeshServer, int]:
    """Builds the service ``services/<name>/`` from its composition root, starts it, and returns it with its port.

    Raises ModuleNotFoundError when there is no such service.
    """
    root = importlib.import_module(f"services.{name}.service")
    server = MeshServer(name, host.verifier, host.settings.max_connection_age_s)
    await root.build(server, host)
    return server, await server.start(address)
