"""Calls are counted for the whole deployment, and by the process itself while Redis is away."""

import asyncio

import pytest
from redis.asyncio import Redis

from services.mesh import limits
from services.mesh.limits import Limits, network_of
from services.mesh.policy import Policy
from tests.support.servers import RedisServer, running

ASK = Policy("/chat/Ask", 1, 60, False, None, per_address=6000, per_account=120)
REGISTER = Policy("/account/Create", 1, 60, False, None, per_address=3)
FREE = Policy("/drug/Search", 1, 60, False, None)


@pytest.fixture
async def counting(redis_url):
    made = [Limits(redis_url, b"secret") for _ in range(2)]
    yield made
    for one in made:
        await one.close()


async def times(limiter, count, policy, address="192.0.2.1", account=""):
    return [await limiter.wait(policy, address, account) for _ in range(count)]


async def test_processes_count_together(counting):
    one, other = counting
    assert await times(one, 2, REGISTER) == [None, None]
    assert await times(other, 1, REGISTER) == [None]
    for limiter in counting:
        seconds = await limiter.wait(REGISTER, "192.0.2.1", "")
        assert 1 <= seconds <= 60


async def test_addresses_accounts_and_methods_are_counted_apart(counting):
    await times(counting[0], 4, REGISTER)
    assert await counting[0].wait(REGISTER, "192.0.2.2", "") is None
    assert await times(counting[0], 121, ASK, account="a1") != [None] * 121
    assert await counting[0].wait(ASK, "192.0.2.1", "a2") is None


async def test_a_hundred_people_behind_one_address_ask_ten_at_once(counting):
    asked = [counting[number % 2].wait(ASK, "192.0.2.1", f"a{number % 100}") for number in range(1000)]
    assert set(await asyncio.gather(*asked)) == {None}


async def test_what_has_no_limit_touches_nothing():
    nowhere = Limits("redis://127.0.0.1:1", b"secret")
    assert await times(nowhere, 3, FREE) == [None] * 3
    assert not nowhere._breaker.open
    assert not nowhere._memory.storage


async def test_no_address_and_no_account_are_not_one_caller(counting):
    assert await times(counting[0], 10, REGISTER, address="") == [None] * 10


async def test_no_address_stands_in_redis(counting, redis_url):
    await counting[0].wait(ASK, "192.0.2.77", "a1")
    async with Redis.from_url(redis_url) as redis:
        keys = await redis.keys("*")
        assert [key.startswith(b"medichain:limit:") for key in keys] == [True, True]
        assert not any(b"192.0.2" in key for key in keys)
        assert {0 < await redis.ttl(key) <= 60 for key in keys} == {True}


async def test_a_local_limit_counts_while_redis_is_away_and_redis_again_after(tmp_path, monkeypatch):
    with running(RedisServer(tmp_path / "redis")) as server:
        limiter = Limits(server.url(), b"secret")
        assert await limiter.wait(REGISTER, "192.0.2.1", "") is None
        server.kill()
        found = await times(limiter, 4, REGISTER)
        assert found[:3] == [None] * 3
        assert found[3]
        assert limiter._breaker.open
        server.start()
        monkeypatch.setattr(limiter._breaker, "_try_at", 0.0)
        assert await limiter.wait(REGISTER, "192.0.2.1", "") is None
        assert not limiter._breaker.open
        await limiter.close()


async def test_a_redis_that_hangs_holds_one_call_for_a_moment_and_no_other(tmp_path):
    with running(RedisServer(tmp_path / "redis")) as server:
        limiter = Limits(server.url(), b"secret")
        await limiter.wait(REGISTER, "192.0.2.1", "")
        server.stop()
        clock = asyncio.get_running_loop().time
        began = clock()
        await limiter.wait(REGISTER, "192.0.2.1", "")
        first, began = clock() - began, clock()
        await limiter.wait(REGISTER, "192.0.2.1", "")
        assert first < limits.REDIS_SECONDS * 3
        assert clock() - began < limits.REDIS_SECONDS
        await limiter.close()


async def test_local_counters_are_bounded(monkeypatch):
    monkeypatch.setattr(limits, "MOST_LOCAL", 50)
    limiter = Limits("redis://127.0.0.1:1", b"secret")
    for number in range(200):
        await limiter.wait(REGISTER, f"198.51.100.{number}", "")
    assert len(limiter._memory.storage) <= 51


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::1", "::"),
    ],
)
def test_a_subscriber_is_one_address(address, network):
    assert network_of(address) == network


async def test_where_it_is_wanted_an_address_is_blocked_for_a_day_everywhere(redis_url):
    one, other = Limits(redis_url, b"secret", blocking=True), Limits(redis_url, b"secret", blocking=True)
    elsewhere = Limits(redis_url, b"secret")
    try:
        await one.block("192.0.2.1")
        for limiter in (one, other):
            seconds = await limiter.wait(FREE, "192.0.2.1", "")
            assert 86_000 < seconds <= 86_400
            assert await limiter.wait(FREE, "192.0.2.2", "") is None
        assert await elsewhere.wait(FREE, "192.0.2.1", "") is None
        await elsewhere.block("192.0.2.3")
        assert await one.wait(FREE, "192.0.2.3", "") is None
    finally:
        for limiter in (one, other, elsewhere):
            await limiter.close()
