"""Many idempotency keys, each used ten times at once by two replicas: one exchange each.

usage: python -m tests.soak.keys [--keys N]
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import sys
import tempfile
from collections import Counter

from services.chatbot.records import COMPLETED
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.mesh.people import Person
from services.storage.tables.shard import consultation_history
from tests.support.deployments import on_servers
from tests.support.records import Records, kept
from tests.support.servers import MariaDb, RedisServer, running

KEYS, TIMES, PEOPLE, AT_ONCE = 1000, 10, 4, 20


async def keys(count: int) -> list[str]:
    """Returns what was found wrong, a line each."""
    with tempfile.TemporaryDirectory(prefix="medichain-soak-") as folder:
        path = pathlib.Path(folder)
        with running(MariaDb(path / "mariadb")) as database, running(RedisServer(path / "redis")) as redis:
            settings = on_servers(path, database.create, redis.url())
            async with kept(settings, replicas=2) as replicas:
                return await _measured(replicas, count)


async def _measured(replicas: list[Records], count: int) -> list[str]:
    people = [await replicas[0].person() for _ in range(PEOPLE)]
    turns = asyncio.Semaphore(AT_ONCE)
    answers: dict[str, set[str]] = {}

    async def used(number: int) -> None:
        async with turns:
            key, person = f"key {number}", people[number % PEOPLE]
            uses = (_patiently(replicas[use % len(replicas)], person, key) for use in range(TIMES))
            answers[key] = set(await asyncio.gather(*uses))

    await asyncio.gather(*(used(number) for number in range(count)))
    rows = await replicas[0].rows(consultation_history)
    several = [f"{key}: {len(ids)} answers" for key, ids in answers.items() if len(ids) != 1]
    states = Counter(row.state for row in rows)
    return several if states == {COMPLETED: count} else [*several, f"{count} keys made {dict(states)}"]


async def _patiently(replica: Records, person: Person, key: str) -> str:
    """Tries again as a client would that is told when to."""
    while True:
        try:
            return await _asked(replica, person, key)
        except MeshError as refused:
            if refused.retry_after is None:
                raise
            wait = refused.retry_after
        await asyncio.sleep(wait)


async def _asked(replica: Records, person: Person, key: str) -> str:
    """The id of the exchange that answers the key."""
    opening = await replica.opening(person, question=f"질문 {key}", key=key)
    first = await replica.store.open_or_first(opening)
    if first:
        return first.id
    await replica.answer(opening)
    return opening.id


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.soak.keys")
    reader.add_argument("--keys", type=int, default=KEYS)
    telemetry.configure("ERROR")
    count = reader.parse_args().keys
    found = asyncio.run(keys(count))
    print("\n".join(found) if found else f"{count} keys, {TIMES} times each at once: one exchange each")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
