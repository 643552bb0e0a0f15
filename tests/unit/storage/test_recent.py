"""Recent turns are at hand, sealed; without Redis, or without the key, there are none, and nothing fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from services.storage.recent import KEPT, KEPT_SECONDS, RecentTurns


@dataclass(frozen=True)
class Turn:
    id: str
    question: str
    at: datetime
    result: bytes = b""
    confidence: float = 0.0


def turn(number: int) -> Turn:
    return Turn(
        f"{number:03}", f"머리가 아파요 {number}", datetime(2026, 11, 21, 1, 2, 3, number), bytes([number]), 0.5
    )


@pytest.fixture
def recent(redis, keyring):
    return RecentTurns(redis, keyring, Turn)


async def test_turns_come_back_oldest_first_and_only_the_last_ones(recent, redis, keyring):
    await keyring.cipher("a")
    for number in range(KEPT + 3):
        await recent.push("a", "c1", turn(number))
    assert await recent.turns("a", "c1") == [turn(number) for number in range(3, KEPT + 3)]
    assert 0 < await redis.ttl("medichain:turns:c1") <= KEPT_SECONDS
    assert await recent.turns("a", "c2") == []
    await recent.forget("a", "c1")
    assert await redis.exists("medichain:turns:c1") == 0


async def test_nothing_in_redis_can_be_read_without_the_key(recent, redis, keyring):
    await keyring.cipher("a")
    await recent.push("a", "c1", turn(1))
    copy = await redis.dump("medichain:turns:c1")
    assert "머리가".encode() not in copy
    await keyring.erase("a")
    assert await recent.turns("a", "c1") == []
    await recent.push("a", "c1", turn(2))  # no key is made for whoever has been erased
    assert await keyring.existing("a") is None


async def test_turns_put_under_another_conversation_do_not_open(recent, redis, keyring):
    await keyring.cipher("a")
    await recent.push("a", "c1", turn(1))
    await redis.rename("medichain:turns:c1", "medichain:turns:c2")
    assert await recent.turns("a", "c2") == []


async def test_what_an_earlier_version_wrote_is_a_miss(recent, redis, keyring):
    cipher = await keyring.cipher("a")
    await redis.rpush("medichain:turns:c1", cipher.seal(b'{"other": 1}', "recent", "turn", "c1"))
    assert await recent.turns("a", "c1") == []


async def test_without_redis_there_are_no_turns(no_redis, keyring):
    recent = RecentTurns(no_redis, keyring, Turn)
    await keyring.cipher("a")
    await recent.push("a", "c1", turn(1))
    assert await recent.turns("a", "c1") == []
    await recent.forget("a", "c1")


async def test_a_key_that_holds_something_else_is_a_miss(recent, redis, keyring):
    await keyring.cipher("a")
    await redis.set("medichain:turns:c1", "x")
    assert await recent.turns("a", "c1") == []
    await recent.push("a", "c1", turn(1))
