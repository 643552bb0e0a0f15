"""People ask while parts of their deployment are killed one after the other, until enough was acknowledged."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tests.support.cluster import REDIS, SHARD, Faults, rounds
from tests.support.cluster_people import Crowd
from tests.support.cluster_verdict import findings, opened, repeated

VICTIMS = ("chatbot", "account", "drug", REDIS, SHARD)
CALM_SECONDS = 60.0


class Storm:
    """``people`` accounts on each shard, and ``source``, which decides what is asked and killed when."""

    def __init__(self, faults: Faults, source: random.Random, people: int, pause: float) -> None:
        self._faults, self._source, self._people = faults, source, people
        self.crowd = Crowd(faults.servers.settings, source, pause)
        self.findings: list[str] = []

    async def rage(
        self,
        acknowledged: int,
        victims: Sequence[str] = VICTIMS,
        pairs: bool = False,
        settle: bool = False,
        told: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Strikes every victim once and goes on until that many answers were acknowledged; then looks at what is left.

        ``settle`` asks what was given up on until it is answered, too.
        """
        enough = asyncio.Event()
        await self._register()
        asking = [asyncio.create_task(self.crowd.keep_asking(person, enough)) for person in self.crowd.people]
        struck: set[str] = set()
        for strike in rounds(self._source, victims, pairs):
            if struck >= set(victims) and self.crowd.acknowledged >= acknowledged:
                break
            await self._calm()
            await self._faults.strike(strike, self._source.uniform(0.1, 1.5))
            struck |= set(strike)
            told(f"{self.crowd.acknowledged} acknowledged; killed {', '.join(strike)}")
        await self._calm()
        enough.set()
        await asyncio.gather(*asking)
        if settle:
            await asyncio.gather(*(self.crowd.settle(person) for person in self.crowd.people))
        async with opened(self._faults.servers.settings) as records:
            self.findings = [
                *await repeated(self.crowd, acknowledged),
                *await findings(self._faults, self.crowd, records),
            ]

    async def _register(self) -> None:
        async with opened(self._faults.servers.settings) as records:
            count = 2 * self._people
            await asyncio.gather(*(self.crowd.register(n, records.directory.mapping) for n in range(count)))

    async def _calm(self) -> None:
        """Waits until everybody has been answered a question that they began after the last outage; then a moment."""
        since = max((outage.ended for outage in self._faults.outages), default=0.0)
        async with asyncio.timeout(CALM_SECONDS):
            await self.crowd.answered_since(since)
        await asyncio.sleep(self._source.uniform(0.0, 0.5))


@asynccontextmanager
async def storm(faults: Faults, seed: int, people: int, pause: float) -> AsyncIterator[Storm]:
    """``pause``: the longest a person thinks before the next question, in seconds."""
    made = Storm(faults, random.Random(seed), people, pause)
    try:
        yield made
    finally:
        await made.crowd.close()
