"""A deployment of real servers and processes, every one of which may be killed: the second shard has a server of its
own, so that it can die alone."""

from __future__ import annotations

import asyncio
import pathlib
import random
import shutil
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from services.mesh.settings import Settings
from tests.support.deployments import key_files, written
from tests.support.processes import Cluster, Groups, cluster
from tests.support.servers import MariaDb, RedisServer, Server, running

WELL_SHARD, HURT_SHARD = 1, 2
SHARD, REDIS = "shard", "redis"
SERVICES: Groups = (
    ("drug",),
    ("chatbot",),
    ("account",),
    ("category", "clinic", "emergency_support", "internal_external"),
)
WITH_KNOWLEDGE: Groups = (("knowledge",), *SERVICES)


@dataclass(frozen=True)
class Servers:
    """The servers of a deployment, and its settings. ``weak`` holds shard 2 and nothing else."""

    settings: Settings
    main: MariaDb
    weak: MariaDb
    redis: RedisServer

    @property
    def all(self) -> tuple[Server, ...]:
        return self.main, self.weak, self.redis


@contextmanager
def servers(folder: pathlib.Path, sample: pathlib.Path | None = None) -> Iterator[Servers]:
    """Starts the servers. With ``sample``, a prepared data directory, its reference database and index are used;
    otherwise they are made, the reference database on the server."""
    with ExitStack() as held:
        folder.mkdir(exist_ok=True)
        with ThreadPoolExecutor() as threads:
            starting = [
                threads.submit(held.enter_context, running(MariaDb(folder / name))) for name in ("main", "weak")
            ]
        main, weak = (one.result() for one in starting)
        redis = held.enter_context(running(RedisServer(folder / "redis", persist=True)))
        reference = {} if sample else {"reference_db_url": written(main.create("reference"))}
        shards = [main.create("shard"), weak.create("shard")]
        if sample:
            shutil.copytree(sample, folder / "data", symlinks=True)
        settings = Settings(
            data_dir=folder / "data",
            global_db_url=written(main.create("global")),
            shard_db_urls=",".join(map(written, shards)),
            key_db_url=written(main.create("keys")),
            redis_url=redis.url(),
            **reference,
            **key_files(folder / "operator"),
        )
        yield Servers(settings, main, weak, redis)


@dataclass
class Outage:
    """What was away together, and from when until when (on the clock of time.monotonic)."""

    victims: tuple[str, ...]
    began: float
    ended: float = 0.0


@dataclass
class Faults:
    """Kills and brings back; remembers what was away when."""

    servers: Servers
    cluster: Cluster
    outages: list[Outage] = field(default_factory=list)

    async def strike(self, victims: Sequence[str], seconds: float) -> Outage:
        """Kills the victims with SIGKILL and, ``seconds`` later, starts them again."""
        outage = Outage(tuple(victims), time.monotonic())
        self.outages.append(outage)
        await asyncio.gather(*(self._kill(victim) for victim in victims))
        await asyncio.sleep(seconds)
        await asyncio.gather(*(self._start(victim) for victim in victims))
        outage.ended = time.monotonic()
        return outage

    def only_a_shard_was_away(self, began: float, ended: float) -> bool:
        """Whether nothing but a shard was away in all of that time, and everything else had settled before."""
        following = [*(outage.began for outage in self.outages[1:]), float("inf")]
        return any(
            outage.victims == (SHARD,) and outage.began <= began and ended <= until
            for outage, until in zip(self.outages, following, strict=True)
        )

    async def _kill(self, victim: str) -> None:
        server = self._server(victim)
        await (asyncio.to_thread(server.kill) if server else self.cluster.kill(victim))

    async def _start(self, victim: str) -> None:
        server = self._server(victim)
        await (asyncio.to_thread(server.start) if server else self.cluster.start(victim))

    def _server(self, victim: str) -> Server | None:
        return {SHARD: self.servers.weak, REDIS: self.servers.redis}.get(victim)


def rounds(source: random.Random, victims: Sequence[str], pairs: bool) -> Iterator[tuple[str, ...]]:
    """Who is killed, one time after the other: everybody once in a round, in random order; every third time two."""
    while True:
        order = source.sample(victims, len(victims))
        while order:
            together = 2 if pairs and len(order) > 1 and source.random() < 1 / 3 else 1
            yield tuple(order[:together])
            order = order[together:]


@asynccontextmanager
async def deployed(
    folder: pathlib.Path, sample: pathlib.Path | None = None, groups: Groups = SERVICES
) -> AsyncIterator[Faults]:
    """The deployment, ready, and a way to hurt it."""
    with servers(folder, sample) as started:
        async with cluster(started.settings, groups) as processes:
            yield Faults(started, processes)
