"""The read path: a list of 20 medicines through our edge and through a bare one, taking turns."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import orjson

from medichain.drug.v1 import drug_pb2
from services.mesh.host import Host
from tests.bench.figures import Figure, median, milliseconds, percentile
from tests.bench.product import free_port, ready
from tests.bench.wire import BadAnswerError, connected

DRUG = drug_pb2.DESCRIPTOR.services_by_name["DrugService"]
QUERY, ROWS = "아세트아미노펜", 20
PATH = f"/v1/drugs?query={quote(QUERY)}&pageSize={ROWS}"
AIM = 0.8
BARE = "bare FastAPI → grpc.aio"


@dataclass
class Rounds:
    """What one side did: calls a second of each round, and the seconds of every call."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


async def measure(host: Host, edge_port: int, rounds: int, calls: int) -> list[Figure]:
    """Throughput with 16 connections, and the time of one call after the other. Bounded by rounds × calls.

    A third side is our edge and our mesh before one fixed message: what it lacks of the first is the service.
    """
    async with _others(host) as (bare_port, meshed_port):
        ports = {"ours": edge_port, "our edge and mesh, fixed message": meshed_port, BARE: bare_port}
        await _agree(list(ports.values()))
        figures = []
        for connections in (16, 1):
            sides = {name: Rounds() for name in ports}
            for number in range(rounds):
                for name in sorted(ports, reverse=bool(number % 2)):
                    await _round(ports[name], connections, calls if connections > 1 else calls // 4, sides[name])
            figures += _figures(connections, sides)
    return figures


def _figures(connections: int, sides: dict[str, Rounds]) -> list[Figure]:
    at = f"{connections} connections" if connections > 1 else "one call after the other"
    group = f"read path: GET /v1/drugs, {ROWS} medicines"
    figures = []
    for name, side in sides.items():
        ratios = [mine / theirs for mine, theirs in zip(side.rates, sides[BARE].rates, strict=True)]
        share = f"{median(ratios):.2f} of bare (rounds {min(ratios):.2f}–{max(ratios):.2f})" if name != BARE else ""
        aim = (f"≥ {AIM}", median(ratios) >= AIM) if name == "ours" else ("", None)
        figures.append(Figure(group, f"{name}, {at}", _said(side), share, *aim))
    return figures


def _said(side: Rounds) -> str:
    worst = percentile(side.seconds, 0.99)
    return f"{median(side.rates):,.0f}/s, p50 {milliseconds(median(side.seconds))}, p99 {milliseconds(worst)}"


async def _round(port: int, connections: int, calls: int, side: Rounds) -> None:
    left = iter(range(calls))
    began = time.perf_counter()
    await asyncio.gather(*(_calls(port, left, side.seconds) for _ in range(connections)))
    side.rates.append(calls / (time.perf_counter() - began))


async def _calls(port: int, left: Iterator[int], seconds: list[float]) -> None:
    async with connected(port) as connection:
        for _ in left:
            began = time.perf_counter()
            await connection.get(PATH)
            seconds.append(time.perf_counter() - began)


async def _agree(ports: Sequence[int]) -> None:
    """Raises unless all sides answer the same list, and it is as long as it should be."""
    lists = []
    for port in ports:
        async with connected(port) as connection:
            lists.append(orjson.loads(await connection.get(PATH))["drugs"])
    if len(lists[0]) != ROWS or any(found != lists[0] for found in lists):
        raise BadAnswerError("the read paths do not answer the same")


@contextlib.asynccontextmanager
async def _others(host: Host) -> AsyncIterator[tuple[int, int]]:
    """Ports of the bare edge, and of our edge before a fixed message; each edge and each server is a process."""
    answer = await host.mesh.client(DRUG).SearchDrugs(drug_pb2.SearchDrugsRequest(query=QUERY, page_size=ROWS))
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "answer.binpb"
        file.write_bytes(answer.SerializeToString())
        async with (
            _process(host, "server", str(file)) as grpc_port,
            _process(host, "edge", str(grpc_port)) as bare_port,
            _process(host, "mesh", str(file)) as mesh_port,
            _our_edge(host, mesh_port) as meshed_port,
        ):
            yield bare_port, meshed_port


@contextlib.asynccontextmanager
async def _process(host: Host, *arguments: str) -> AsyncIterator[int]:
    """A process of tests.bench.bare, by the port it prints."""
    environment = dict(os.environ, MEDICHAIN_DATA_DIR=str(host.settings.data_dir))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare", *arguments, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        if process.stdout is None:
            raise RuntimeError("no pipe")
        yield int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def _our_edge(host: Host, mesh_port: int) -> AsyncIterator[int]:
    """The product's edge before another server of medicines."""
    port = free_port()
    environment = dict(
        os.environ, MEDICHAIN_DATA_DIR=str(host.settings.data_dir), MEDICHAIN_LOG_LEVEL="ERROR",
        MEDICHAIN_DRUG_ADDR=f"dns:///127.0.0.1:{mesh_port}",
    )  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", "serve", "edge", "--port", str(port), env=environment
    )
    try:
        await ready(process, port, "/healthz")
        yield port
    finally:
        process.terminate()
        await process.wait()
