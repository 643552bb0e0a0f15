"""The product as an operator runs it: `medichain up` in a process of its own, its start, its memory, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import socket
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.mesh.host import Host
from services.mesh.settings import SERVICES, Settings
from tests.bench.wire import BadAnswerError, connected

READY_SECONDS = 300.0
_MIB = 1024


@dataclass(frozen=True, slots=True)
class Product:
    """A running product. ``ready_seconds`` is from the command to the first ready answer of /readyz."""

    settings: Settings
    host: Host
    pid: int
    port: int
    ready_seconds: float

    def memory(self) -> dict[str, int]:
        """Proportional set size of every process in MiB, by what it runs."""
        found: dict[str, int] = {}
        for pid in descendants(self.pid):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                name = _name(pid)
                found[name] = found.get(name, 0) + _pss(pid)
        return {name: size // _MIB for name, size in found.items()}

    def processor_seconds(self) -> dict[str, float]:
        """Processor time that every process has taken so far, by what it runs."""
        found: dict[str, float] = {}
        for pid in descendants(self.pid):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                name = _name(pid)
                found[name] = found.get(name, 0.0) + _processor_seconds(pid)
        return found


@contextlib.asynccontextmanager
async def running(data_dir: pathlib.Path) -> AsyncIterator[Product]:
    """Starts the product over ``data_dir`` and stops it at the end. Raises TimeoutError when it does not come up."""
    port = free_port()
    environment = dict(os.environ, MEDICHAIN_DATA_DIR=str(data_dir), MEDICHAIN_LOG_LEVEL="ERROR")
    # Ports of its own: the default ones may be another instance's, or become it.
    environment |= {f"MEDICHAIN_{name.upper()}_ADDR": f"dns:///127.0.0.1:{free_port()}" for name in SERVICES}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", "up", "--port", str(port),
        env=environment, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    settings = Settings(data_dir=data_dir)
    host = Host.named("bench", settings)
    try:
        await asyncio.wait_for(ready(process, port), READY_SECONDS)
        yield Product(settings, host, process.pid, port, time.perf_counter() - began)
    finally:
        await host.mesh.close()
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def command(data_dir: pathlib.Path, *arguments: str) -> float:
    """Runs a `medichain` command to its end and returns its seconds. Raises RuntimeError when it fails."""
    environment = dict(os.environ, MEDICHAIN_DATA_DIR=str(data_dir), MEDICHAIN_LOG_LEVEL="ERROR")
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", *arguments, env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if await process.wait():
        raise RuntimeError(f"medichain {arguments[0]} failed")
    return time.perf_counter() - began


async def ready(process: asyncio.subprocess.Process, port: int, path: str = "/readyz") -> None:
    """Returns once ``path`` answers 200. Raises RuntimeError when the process ends before."""
    while process.returncode is None:
        with contextlib.suppress(OSError, BadAnswerError, asyncio.IncompleteReadError):
            async with connected(port) as connection:
                await connection.get(path)
                return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the product ended with {process.returncode} before it was ready")


def descendants(pid: int) -> list[int]:
    """A process and all it started, that they started, and so on."""
    parents: dict[int, list[int]] = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def _pss(pid: int) -> int:
    """KiB."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def _processor_seconds(pid: int) -> float:
    """Fields 14 and 15 of proc(5)'s stat: in user mode and in the kernel."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _name(pid: int) -> str:
    """ "up", "knowledge", "services", "edge" or the program's name."""
    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    if "services.cli.main" not in words:
        return pathlib.Path(words[0]).name.split(" ")[0] or "ended"
    asked = words[words.index("services.cli.main") + 1 :]
    if asked[0] == "up":
        return "up"
    return asked[1] if asked[1] in ("knowledge", "edge") else "services"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
