"""The read path: a list of 20 medicines through our edge and through a bare one, taking turns."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import quote

import orjson

from medichain.drug.v1 import drug_pb2
from services.mesh.host import Host
from tests.bench.figures import Figure, median, milliseconds, percentile
from tests.bench.wire import BadAnswerError, connected

DRUG = drug_pb2.DESCRIPTOR.services_by_name["DrugService"]
QUERY, ROWS = "아세트아미노펜", 20
PATH = f"/v1/drugs?query={quote(QUERY)}&pageSize={ROWS}"
AIM = 0.8


@dataclass
class Rounds:
    """What one side did: calls a second of each round, and the seconds of every call."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


async def measure(host: Host, edge_port: int, rounds: int, calls: int) -> list[Figure]:
    """Throughput with 16 connections, and the time of one call after the other. Bounded by rounds × calls."""
    async with _bare(host) as bare_port:
        await _agree(edge_port, bare_port)
        figures = []
        for connections in (16, 1):
            ours, bare = Rounds(), Rounds()
            for number in range(rounds):
                sides = [(edge_port, ours), (bare_port, bare)]
                for port, side in sides if number % 2 else reversed(sides):
                    await _round(port, connections, calls if connections > 1 else calls // 4, side)
            figures += _figures(connections, ours, bare)
    return figures


def _figures(connections: int, ours: Rounds, bare: Rounds) -> list[Figure]:
    ratios = [our / their for our, their in zip(ours.rates, bare.rates, strict=True)]
    share = f"{median(ratios):.2f} of bare (rounds {min(ratios):.2f}–{max(ratios):.2f})"
    at = f"{connections} connections" if connections > 1 else "one call after the other"
    group = f"read path: GET /v1/drugs, {ROWS} medicines"
    return [
        Figure(
            group,
            f"ours, {at}",
            _said(ours),
            share,
            f"≥ {AIM}",
            median(ratios) >= AIM,
        ),
        Figure(group, f"bare FastAPI → grpc.aio, {at}", _said(bare)),
    ]


def _said(side: Rounds) -> str:
    worst = percentile(side.seconds, 0.99)
    return f"{median(side.rates):,.0f}/s, p50 {milliseconds(median(side.seconds))}, p99 {milliseconds(worst)}"


async def _round(port: int, connections: int, calls: int, side: Rounds) -> None:
    left = iter(range(calls))
    began = time.perf_counter()
    await asyncio.gather(*(_calls(port, left, side.seconds) for _ in range(connections)))
    side.rates.append(calls / (time.perf_counter() - began))


async def _calls(port: int, left: object, seconds: list[float]) -> None:
    async with connected(port) as connection:
        for _ in left:  # type: ignore[attr-defined]
            began = time.perf_counter()
            await connection.get(PATH)
            seconds.append(time.perf_counter() - began)


async def _agree(edge_port: int, bare_port: int) -> None:
    """Raises unless both sides answer the same list, and it is as long as it should be."""
    async with connected(edge_port) as ours, connected(bare_port) as bare:
        mine, theirs = orjson.loads(await ours.get(PATH)), orjson.loads(await bare.get(PATH))
    if mine["drugs"] != theirs["drugs"] or len(mine["drugs"]) != ROWS:
        raise BadAnswerError("the two read paths do not answer the same")


@contextlib.asynccontextmanager
async def _bare(host: Host) -> AsyncIterator[int]:
    """The bare server and its edge as processes of their own, with the message our service answers."""
    answer = await host.mesh.client(DRUG).SearchDrugs(drug_pb2.SearchDrugsRequest(query=QUERY, page_size=ROWS))
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "answer.binpb"
        file.write_bytes(answer.SerializeToString())
        async with _process("server", str(file)) as grpc_port, _process("edge", str(grpc_port)) as port:
            yield port


@contextlib.asynccontextmanager
async def _process(*arguments: str) -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        if process.stdout is None:
            raise RuntimeError("no pipe")
        yield int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()
