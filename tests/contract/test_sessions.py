"""Sessions over a Redis that is flushed, stopped, full, or comes back with older data.

On the Redis of servers and on the Valkey of the embedded default, each test with a server of its own.
"""

import asyncio
import time

import pytest
from redis.exceptions import RedisError

from medichain.account.v1 import account_pb2 as pb
from services.mesh.errors import MeshError
from services.mesh.people import SessionState
from services.storage.sessions import Begun, SessionRegister
from tests.support.account import PASSWORD, account_house
from tests.support.deployments import embedded
from tests.support.servers import RedisServer, running, valkey_program

ALIVE, EXPIRED = pb.SESSION_STATE_NONE, pb.SESSION_STATE_EXPIRED


@pytest.fixture(params=["redis", "valkey"])
def server(request, tmp_path):
    with running(RedisServer(tmp_path / "redis", valkey_program() if request.param == "valkey" else None)) as own:
        yield own


@pytest.fixture
async def house(server, tmp_path):
    async with account_house(embedded(tmp_path, server.url())) as built:
        yield built


async def reason(awaitable):
    with pytest.raises(MeshError) as raised:
        await awaitable
    return raised.value.reason.name


def begun(session_id="s" * 26, account_id="a1", shard_id=1, seconds=60, refresh="first"):
    return Begun(session_id, account_id, shard_id, "user", refresh, b"sealed", seconds)


# ---- the register --------------------------------------------------------------------------------------------------


async def test_a_session_belongs_to_its_account_alone(house):
    register = house.parts.register
    await register.start(begun())
    assert (await register.standing("a1", "s" * 26)).state is SessionState.NONE
    assert (await register.standing("a2", "s" * 26)).state is SessionState.EXPIRED
    assert (await register.standing("a1", "nobody")).state is SessionState.EXPIRED


async def test_the_first_reason_of_an_end_stays_and_ends_no_other_session(house):
    register = house.parts.register
    await register.start(begun("one"))
    await register.start(begun("two"))
    assert await register.end("one", SessionState.BLOCKED)
    assert not await register.end("one", SessionState.EXPIRED)
    assert (await register.standing("a1", "one")).state is SessionState.BLOCKED
    assert (await register.standing("a1", "two")).state is SessionState.NONE
    assert await register.of("a1") == ["two"]
    assert await register.end_all("a1", SessionState.DUPLICATED) == ["two"]
    assert (await register.standing("a1", "two")).state is SessionState.DUPLICATED


async def test_an_ended_session_leaves_a_mark_for_as_long_as_its_tokens_and_nothing_else(house):
    register = SessionRegister(house.redis, tombstone_seconds=60)
    await register.start(begun("one", seconds=10_000))
    await register.end("one", SessionState.EXPIRED)
    assert await house.redis.hgetall("medichain:session:one") == {b"account": b"a1", b"state": b"2"}
    assert 0 < await house.redis.ttl("medichain:session:one") <= 60


async def test_only_redis_counts_a_sessions_time_and_a_refresh_begins_it_anew(house):
    register = house.parts.register
    await register.start(begun("one", seconds=50))
    assert (await register.rotate("one", "first", "second", 5000)).outcome == "rotated"
    assert 4900 < await house.redis.ttl("medichain:session:one") <= 5000
    assert await house.redis.ttl("medichain:sessions:a1") > 5000
    await house.redis.pexpire("medichain:session:one", 1)
    while await house.redis.exists("medichain:session:one"):
        pass
    assert (await register.standing("a1", "one")).state is SessionState.EXPIRED
    assert (await register.rotate("one", "second", "third", 5000)).outcome == "unknown"


async def test_a_moved_account_and_a_changed_role_are_known_to_every_living_session(house):
    register = house.parts.register
    await register.start(begun("one"))
    await register.start(begun("two"))
    await register.end("two", SessionState.EXPIRED)
    await register.move("a1", 7)
    await register.set_role("a1", "operator")
    standing = await register.standing("a1", "one")
    assert (standing.shard_id, standing.role) == (7, "operator")
    assert await house.redis.hget("medichain:session:two", "shard") is None


async def test_a_session_that_is_refreshed_without_end_ends(house, monkeypatch):
    monkeypatch.setattr("services.storage.sessions.MOST_REFRESHES", 10)
    register = house.parts.register
    await register.start(begun("one", refresh="0"))
    outcomes = [(await register.rotate("one", str(n), str(n + 1), 60)).outcome for n in range(8)]
    assert outcomes[:4] == ["rotated"] * 4
    assert "ended" in outcomes
    assert (await register.standing("a1", "one")).state is SessionState.EXPIRED


# ---- Redis in trouble ----------------------------------------------------------------------------------------------


async def test_after_a_flush_people_log_in_again_and_nothing_else_is_lost(house):
    made = await house.register("kim", name="민지")
    tokens = await house.log_in("kim")
    await house.redis.flushall()
    assert await house.state(tokens.access_token) == EXPIRED
    assert await reason(house.refresh(tokens.refresh_token)) == "SESSION_EXPIRED"
    again = await house.log_in("kim")
    account = await house.call("GetAccount", pb.GetAccountRequest(), again.access_token)
    assert (account.account_id, account.name) == (made.account_id, "민지")


async def test_what_was_revoked_stays_revoked_when_redis_comes_back_with_older_data(house, server):
    await house.register("kim")
    revoked, kept = await house.log_in("kim"), await house.log_in("kim")
    await house.parts.reconciler.look()
    await house.redis.save()
    await house.call("DeleteCurrentSession", pb.DeleteCurrentSessionRequest(), revoked.access_token)
    assert await house.state(revoked.access_token) == EXPIRED
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    assert await house.state(revoked.access_token) == ALIVE  # the older data knows nothing of the end
    await house.parts.reconciler.look()
    assert await house.state(revoked.access_token) == EXPIRED
    assert await reason(house.refresh(revoked.refresh_token)) == "SESSION_EXPIRED"
    assert await house.state(kept.access_token) == ALIVE


async def test_a_session_that_ended_while_redis_was_away_ends_when_it_is_back(house, monkeypatch):
    """Redis did not lose anything, and it did not hear of the end either."""
    await house.register("kim")
    tokens, other = await house.log_in("kim"), await house.log_in("kim")
    await house.parts.reconciler.look()

    async def away(*_):
        raise MeshError("UNAVAILABLE", retry_after=2)

    with monkeypatch.context() as cut_off:
        cut_off.setattr(house.parts.register, "end", away)
        ending = pb.DeleteSessionRequest(id=tokens.session_id)
        assert await reason(house.call("DeleteSession", ending, other.access_token)) == "UNAVAILABLE"
    assert await house.state(tokens.access_token) == ALIVE
    await house.parts.reconciler.look()
    assert await house.state(tokens.access_token) == EXPIRED
    assert await house.state(other.access_token) == ALIVE


async def test_while_redis_is_away_a_login_says_so_with_the_right_password_and_with_a_wrong_one(house, server):
    await house.register("kim")
    tokens = await house.log_in("kim")
    await asyncio.to_thread(server.kill)
    for password in (PASSWORD, "wrong"):
        assert await reason(house.log_in("kim", password)) == "UNAVAILABLE"
    assert await reason(house.refresh(tokens.refresh_token)) == "UNAVAILABLE"
    assert await reason(house.call("GetAccount", pb.GetAccountRequest(), tokens.access_token)) == "UNAVAILABLE"
    assert (await house.register("lee")).id == "lee"
    await asyncio.to_thread(server.start)
    assert (await house.log_in("kim")).id == "kim"


async def test_a_redis_that_holds_still_makes_nobody_wait_long(house, server):
    await house.register("kim")
    tokens = await house.log_in("kim")
    server.stop()
    began = time.monotonic()
    assert await reason(house.call("GetAccount", pb.GetAccountRequest(), tokens.access_token)) == "UNAVAILABLE"
    assert time.monotonic() - began < 5
    server.resume()
    assert (await house.call("GetAccount", pb.GetAccountRequest(), tokens.access_token)).id == "kim"


async def test_while_redis_is_full_nobody_new_gets_in_and_who_is_in_stays_in(house):
    await house.register("kim")
    tokens = await house.log_in("kim")
    await house.redis.config_set("maxmemory", "1")
    with pytest.raises(RedisError):
        await house.redis.set("any", "thing")
    for password in (PASSWORD, "wrong"):
        assert await reason(house.log_in("kim", password)) == "UNAVAILABLE"
    assert (await house.call("GetAccount", pb.GetAccountRequest(), tokens.access_token)).id == "kim"
    told = await house.as_service("GetPerson", pb.GetPersonRequest(), tokens.access_token)
    assert told.location_allowed
    await house.redis.config_set("maxmemory", "0")
    assert (await house.log_in("kim")).id == "kim"
