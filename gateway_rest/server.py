"""Runs the edge on uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn

from gateway_rest.app import create_app
from services.mesh import telemetry
from services.mesh.host import Host
from services.mesh.settings import Settings

DRAIN_SECONDS = 5
_BACKLOG = 2048
Ready = Callable[[int], Awaitable[None]]


async def serve(host: str, port: int, settings: Settings, ready: Ready | None = None) -> None:
    """Serves until SIGINT or SIGTERM; ``ready`` is called with the port once it listens (port 0 picks one).

    Raises OSError when the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    node = Host.named("edge", settings, "edge")
    with socket.create_server((host, port), family=family, backlog=_BACKLOG) as listener:
        server = _Server(_config(settings, node), ready)
        try:
            await server.serve([listener])
        finally:
            await node.mesh.close()


def _config(settings: Settings, node: Host) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings, node),
        http="httptools",
        lifespan="off",
        # Neither the access log nor uvicorn's own: URLs and tracebacks may hold what a person wrote.
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the perimeter reads them
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


class _Server(uvicorn.Server):
    """uvicorn, ending quietly on a signal where its own handling raises the signal again."""

    def __init__(self, config: uvicorn.Config, ready: Ready | None) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = int((sockets or [])[0].getsockname()[1])
        telemetry.log().info("serving", service="edge", port=port)
        if self._ready:
            await self._ready(port)
