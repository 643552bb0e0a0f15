"""Thousands of answers acknowledged while services, Redis and a shard are killed: none lost, doubled, or mixed up.

usage: python -m tests.soak.crash [--acknowledged N] [--seed S]
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import random
import sys
import tempfile
import time

from services.mesh import telemetry
from tests.support.cluster import WITH_KNOWLEDGE, deployed
from tests.support.cluster_storm import VICTIMS, storm

ACKNOWLEDGED, PEOPLE_A_SHARD, PAUSE_SECONDS = 2000, 8, 0.3


async def crash(acknowledged: int, seed: int) -> list[str]:
    """Returns what was found wrong, a line each."""
    began = time.monotonic()

    def told(line: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True)

    with tempfile.TemporaryDirectory(prefix="medichain-soak-") as folder:
        async with deployed(pathlib.Path(folder) / "deployment", groups=WITH_KNOWLEDGE) as faults:
            told("everything is up")
            async with storm(faults, seed, PEOPLE_A_SHARD, PAUSE_SECONDS) as raging:
                victims = (*VICTIMS, "knowledge")
                await raging.rage(acknowledged, victims, pairs=True, settle=True, told=told)
                told(f"{raging.crowd.acknowledged} acknowledged, {len(faults.outages)} kills")
                told(f"attempts refused: {dict(raging.crowd.reasons())}")
                return raging.findings


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.soak.crash")
    reader.add_argument("--acknowledged", type=int, default=ACKNOWLEDGED)
    reader.add_argument("--seed", type=int, default=random.randrange(1, 1 << 32))
    arguments = reader.parse_args()
    telemetry.configure("ERROR")
    print(f"--seed {arguments.seed}", flush=True)
    found = asyncio.run(crash(arguments.acknowledged, arguments.seed))
    print("\n".join(found) if found else "nothing lost, nothing doubled, nothing under anybody else")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
