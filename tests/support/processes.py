"""A mesh whose services are processes of their own, so that tests can stop and kill them and start them again."""

from __future__ import annotations

import asyncio
import os
import pathlib
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.mesh.client import channel_options
from services.mesh.host import Host
from services.mesh.settings import Settings
from services.storage.migrate import migrate_all
from tests.support.servers import free_ports

Groups = Sequence[tuple[str, ...]]
GROUPS: Groups = (
    ("knowledge",),
    ("drug",),
    ("category", "clinic", "emergency_support", "internal_external", "chatbot", "account"),
)
READY_SECONDS = 90.0


@dataclass
class Cluster:
    """Processes by the service they serve, and a host that can call them."""

    host: Host
    groups: Groups
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def send(self, service: str, number: signal.Signals) -> None:
        self.processes[service].send_signal(number)

    async def kill(self, service: str) -> None:
        self.send(service, signal.SIGKILL)
        await self.processes[service].wait()

    async def start(self, service: str) -> None:
        """Starts the process that serves it, with whatever else it serves. Returns when all of that is ready."""
        group = next(group for group in self.groups if service in group)
        with _log(self.host.settings).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.cli.main", "serve", *group, stdout=log, stderr=log
            )
        self.processes |= dict.fromkeys(group, process)
        serving = asyncio.gather(*(_serving(self.host.settings.address(name)) for name in group))
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            serving.cancel()
            raise RuntimeError(f"{group} did not start: {self.logged()[-2000:]}")
        ended.cancel()
        await serving

    def logged(self) -> str:
        """What the processes have written."""
        return _log(self.host.settings).read_text(encoding="utf-8", errors="replace")


@asynccontextmanager
async def cluster(data: pathlib.Path | Settings, groups: Groups = GROUPS) -> AsyncIterator[Cluster]:
    """Every service of the sample deployment, each of ``groups`` in a process; ready when entered.

    ``data`` is a data directory, or the settings of a deployment.
    """
    settings = data if isinstance(data, Settings) else Settings(data_dir=data)
    await migrate_all(settings)
    before = dict(os.environ)
    names = [name for group in groups for name in group]
    ports = free_ports(len(names))
    os.environ.update(_environment(settings))
    os.environ.update(
        {f"MEDICHAIN_{name.upper()}_ADDR": f"dns:///127.0.0.1:{port}" for name, port in zip(names, ports, strict=True)}
    )
    running = Cluster(Host.named("test", settings), groups)
    try:
        await asyncio.gather(*(running.start(group[0]) for group in groups))
        yield running
    finally:
        await running.host.mesh.close()
        for process in set(running.processes.values()):
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            await process.wait()
        os.environ.clear()
        os.environ.update(before)


def _environment(settings: Settings) -> dict[str, str]:
    """The settings that were given, as a process of the deployment finds them."""
    given = settings.model_dump(exclude_unset=True, exclude_none=True)
    return {f"MEDICHAIN_{name.upper()}": str(value) for name, value in given.items()}


def _log(settings: Settings) -> pathlib.Path:
    return settings.path("run", "services.log")


async def _serving(address: str) -> None:
    channel = grpc.aio.insecure_channel(address, options=channel_options())
    async with asyncio.timeout(READY_SECONDS), channel:
        request = health_pb2.HealthCheckRequest()
        await health_pb2_grpc.HealthStub(channel).Check(request, wait_for_ready=True)
