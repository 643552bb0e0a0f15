"""A mesh whose services are processes of their own, so that tests can stop and kill them."""

from __future__ import annotations

import asyncio
import os
import pathlib
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.mesh.host import Host
from services.mesh.settings import Settings
from services.storage.migrate import migrate_all

GROUPS = (
    ("knowledge",),
    ("drug",),
    ("category", "clinic", "emergency_support", "internal_external", "chatbot", "account"),
)
READY_SECONDS = 90.0


@dataclass
class Cluster:
    """Processes by the service they serve, and a host that can call them."""

    host: Host
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def send(self, service: str, number: signal.Signals) -> None:
        self.processes[service].send_signal(number)

    async def kill(self, service: str) -> None:
        self.send(service, signal.SIGKILL)
        await self.processes[service].wait()


@asynccontextmanager
async def cluster(data_dir: pathlib.Path) -> AsyncIterator[Cluster]:
    """Every service of the sample deployment, each group of ``GROUPS`` in a process; ready when entered."""
    settings = Settings(data_dir=data_dir)
    await migrate_all(settings)
    before = dict(os.environ)
    ports = _free_ports(sum(map(len, GROUPS)))
    names = [name for group in GROUPS for name in group]
    os.environ.update(
        {f"MEDICHAIN_{name.upper()}_ADDR": f"dns:///127.0.0.1:{port}" for name, port in zip(names, ports, strict=True)}
    )
    os.environ["MEDICHAIN_DATA_DIR"] = str(data_dir)
    running = Cluster(Host.named("test", settings))
    try:
        for group in GROUPS:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.cli.main", "serve", *group, stderr=asyncio.subprocess.DEVNULL
            )
            running.processes |= dict.fromkeys(group, process)
        await asyncio.gather(*(_serving(settings.address(name)) for name in names))
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


async def _serving(address: str) -> None:
    async with asyncio.timeout(READY_SECONDS), grpc.aio.insecure_channel(address) as channel:
        request = health_pb2.HealthCheckRequest()
        await health_pb2_grpc.HealthStub(channel).Check(request, wait_for_ready=True)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
