"""Serves services in this process until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

import uvloop
from prometheus_client import start_http_server
from sqlalchemy.exc import SQLAlchemyError

from services.cli.node import opened, recorded
from services.mesh import telemetry
from services.mesh.host import bring_up
from services.mesh.server import MeshServer
from services.mesh.settings import Settings, default_port
from services.storage.migrate import OldSchema, ensure


def run(settings: Settings, services: Sequence[str], host: str, port: int | None, metrics_port: int) -> int:
    """Returns the process's exit code: 0 after a signal, 1 when a service could not start."""
    if settings.lacks:
        print(f"medichain: {settings.lacks}")
        return 1
    if metrics_port:
        start_http_server(metrics_port, addr=host)
    if list(services) == ["edge"]:
        from gateway_rest.server import serve as serve_edge

        uvloop.run(serve_edge(host, port if port is not None else settings.http_port, settings))
        return 0
    try:
        uvloop.run(_serve(settings, services, host, port))
    except (OSError, ModuleNotFoundError, OldSchema) as problem:
        telemetry.log().error("cannot_start", error_type=type(problem).__name__)
        print(f"medichain: {problem}")
        return 1
    except SQLAlchemyError as problem:  # its own text holds the database's address
        telemetry.log().error("cannot_start", error_type=type(problem).__name__)
        print(f"medichain: a configured database cannot be used ({type(problem).__name__})")
        return 1
    return 0


async def _serve(settings: Settings, services: Sequence[str], host: str, port: int | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await ensure(settings)
    async with opened(services[0] if len(services) == 1 else "services", settings) as node:
        running: dict[int, MeshServer] = {}
        try:
            for name in services:
                listen = port if port is not None else port_of(settings, name)
                server, taken = await bring_up(name, node, f"{host}:{listen}")
                running[taken] = server
            async with recorded(settings, {server.name: taken for taken, server in running.items()}):
                await stop.wait()
        finally:
            await asyncio.gather(*(server.stop() for server in running.values()))


def port_of(settings: Settings, service: str) -> int:
    """The port of a service's own address."""
    tail = settings.address(service).rpartition(":")[2]
    return int(tail) if tail.isdigit() else default_port(service)
