"""What saving an exchange costs on MariaDB while fifty people are answered, and how long they wait for connections.

Twice: at the pace of people who read (one exchange every ``PACE_SECONDS`` each), and without any pause, which tells how
much one process can save at most.

usage: python -m tests.bench.records [EXCHANGES]
"""

from __future__ import annotations

import asyncio
import pathlib
import random
import sys
import tempfile
import time

import uvloop
from sqlalchemy import insert

from services.mesh import telemetry
from services.mesh.people import Person
from services.storage import clock
from services.storage.slow_queries import POOL_WAIT
from services.storage.tables.shard import outbox
from tests.bench.figures import Figure, latency, median, milliseconds
from tests.support.deployments import on_servers
from tests.support.records import Records, kept
from tests.support.servers import MariaDb, RedisServer, running

WRITERS, EXCHANGES, BARE = 50, 20, 200
PACE_SECONDS, SAVE_AIM_MS = 2.0, 50.0
GROUP = f"saving exchanges on MariaDB, two shards, {WRITERS} writers in one process"


async def measure(exchanges: int = EXCHANGES) -> list[Figure]:
    """One row committed by one writer after the other; then whole exchanges by everybody at once."""
    with tempfile.TemporaryDirectory(prefix="medichain-bench-") as folder:
        path = pathlib.Path(folder)
        with running(MariaDb(path / "mariadb")) as database, running(RedisServer(path / "redis")) as redis:
            async with kept(on_servers(path, database.create, redis.url())) as (records,):
                return await _compared(records, exchanges)


async def _compared(records: Records, exchanges: int) -> list[Figure]:
    bare = [await _committed(records, f"bare {number}") for number in range(BARE)]
    people = [await records.person() for _ in range(WRITERS)]
    await asyncio.gather(*(_saved(records, person) for person in people))  # connections are opened
    against = median(bare)
    figures = [latency(GROUP, "one row, one writer", bare)]
    for name, pace in (("people's pace", PACE_SECONDS), ("no pause", 0.0)):
        before, began = _waits(), time.perf_counter()
        rounds = await asyncio.gather(*(_writes(records, person, exchanges, pace) for person in people))
        took = time.perf_counter() - began
        opened, closed = ([pair[side] for one in rounds for pair in one] for side in (0, 1))
        waited = {bucket: count - before[bucket] for bucket, count in _waits().items()}
        figures += [
            latency(GROUP, f"{name}: opening, the question is kept", opened, SAVE_AIM_MS, against),
            latency(GROUP, f"{name}: closing, answer, evidence, search log, events", closed, SAVE_AIM_MS, against),
            Figure(GROUP, f"{name}: exchanges saved", f"{len(closed) / took:,.0f}/s"),
            Figure(GROUP, f"{name}: waits for a connection", _told(waited)),
        ]
    return figures


async def _writes(records: Records, person: Person, exchanges: int, pace: float) -> list[tuple[float, float]]:
    """Begins at a random moment, so that not everybody writes at once."""
    found = []
    await asyncio.sleep(random.uniform(0, pace))
    for _ in range(exchanges):
        due = time.perf_counter() + pace
        found.append(await _saved(records, person))
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return found


async def _saved(records: Records, person: Person) -> tuple[float, float]:
    """Seconds for opening an exchange and for closing it."""
    opening = await records.opening(person)
    began = time.perf_counter()
    await records.store.open(opening)
    opened = time.perf_counter()
    await records.answer(opening)
    return opened - began, time.perf_counter() - opened


async def _committed(records: Records, id: str) -> float:
    began = time.perf_counter()
    async with records.directory.writing(1, "") as connection:
        await connection.execute(insert(outbox).values(id=id, event=b"-", created_at=clock.now()))
    return time.perf_counter() - began


def _waits() -> dict[float, float]:
    """How many waits took at most so many seconds, shards together."""
    found: dict[float, float] = {}
    for sample in (sample for metric in POOL_WAIT.collect() for sample in metric.samples):
        if sample.name.endswith("_bucket") and "shard" in " ".join(sample.labels.values()):
            bound = float(sample.labels["le"])
            found[bound] = found.get(bound, 0) + sample.value
    return found


def _told(waited: dict[float, float]) -> str:
    """Bounds below which half and 99 in a hundred of the waits lie."""
    total = max(waited.values())
    halves = (min(bound for bound, count in waited.items() if count >= share * total) for share in (0.5, 0.99))
    half, most = (milliseconds(bound) for bound in halves)
    return f"{total:,.0f} waits; p50 ≤ {half}, p99 ≤ {most}"


if __name__ == "__main__":
    telemetry.configure("ERROR")
    for figure in uvloop.run(measure(*map(int, sys.argv[1:]))):
        print(figure)
