"""Services, Redis and a shard are killed while people ask: nothing acknowledged is lost, doubled or anybody else's.

The short form of `make soak`.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.support.cluster import deployed
from tests.support.cluster_storm import storm

ACKNOWLEDGED, PEOPLE_A_SHARD, PAUSE_SECONDS = 60, 3, 0.5

pytestmark = pytest.mark.xdist_group("processes")


async def test_what_was_acknowledged_survives_every_kill(prepared, tmp_path):
    seed = int(os.environ.get("MEDICHAIN_TEST_SEED", "0")) or random.randrange(1, 1 << 32)
    print(f"MEDICHAIN_TEST_SEED={seed}")
    async with deployed(tmp_path, prepared) as faults, storm(faults, seed, PEOPLE_A_SHARD, PAUSE_SECONDS) as raging:
        await raging.rage(ACKNOWLEDGED)
        assert raging.findings == []
        assert raging.crowd.acknowledged >= ACKNOWLEDGED
        assert {victim for outage in faults.outages for victim in outage.victims} >= {"redis", "shard", "chatbot"}
