"""People moved between shards, with crashes at every step and writers that do not stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from medichain.account.v1 import account_pb2
from medichain.account.v1 import operator_pb2 as pb
from medichain.chatbot.v1 import chatbot_pb2
from services.account import move_store
from services.account.move_store import OF_EXCHANGES, OWNED
from services.account.moves import Mover
from services.account.records import Home
from services.mesh.errors import MeshError
from services.mesh.people import SessionState
from services.storage.clock import now
from services.storage.tables.directory import shard_info, user_shard_mapping
from services.storage.tables.shard import metadata, outbox, users
from tests.support.account import PASSWORD, account_house
from tests.support.operators import operate, ref, two_shards
from tests.support.records import Records

STEPS = (
    "held", "frozen", "unlisted", "cleared", "copied", "pointed", "told", "open", "handed over", "left",
)  # fmt: skip
DAY = 24 * 3600


class Killed(BaseException):
    """Ends a move as `kill -9` does: nothing that would clean up catches it."""


@pytest.fixture
async def house(deployment):
    async with account_house(two_shards(deployment)) as built:
        built.parts.mover._settled_seconds = 0.0
        yield built


@pytest.fixture
async def records(house):
    opened = Records(house.settings)
    yield opened
    await opened.close()


@pytest.fixture
async def kim(house, records):
    """A person with everything a person may have, and somebody beside them."""
    for name in ("lee", "kim"):
        await house.register(
            name, PASSWORD, name="김민지", consents=[account_pb2.Consent(kind=1, granted=True, version="1")]
        )
    tokens = await house.log_in("kim")
    person = await house.person(tokens.access_token)
    other = await house.person((await house.log_in("lee")).access_token)
    for number in range(7):
        turn = await records.answered(person, question=f"질문 {number}")
        await records.answered(other, question=f"다른 질문 {number}")
    await records.asked(person, question="아직 답이 없는 질문")
    rating = chatbot_pb2.RateExchangeRequest(id=turn.id, score=4, comment="좋아요")
    await records.call("RateExchange", rating, person)
    return Kim(person, tokens.access_token, other)


class Kim:
    def __init__(self, person, token, other):
        self.person, self.token, self.other = person, token, other
        self.id, self.source = person.account_id, person.shard_id
        self.target = 3 - person.shard_id


def mover(house, step=None):
    told = {"step": step} if step else {}
    return Mover(house.parts.store.directory, house.parts.register, 14 * DAY, settled_seconds=0.0, **told)


def killed_at(step):
    async def reached(name):
        if name == step:
            raise Killed

    return reached


async def rows_of(house, shard_id, account_id):
    """Everything of a person on a shard: table → rows."""
    found = {}
    async with house.parts.store.directory.reading(shard_id) as connection:
        for table, owner in ((users, users.c.id), *((table, owner) for table, owner, _ in OWNED)):
            wanted = select(table).where(owner == account_id).order_by(*table.primary_key)
            found[table.name] = (await connection.execute(wanted)).all()
        ids = [row.id for row in found["consultation_history"]]
        for table in OF_EXCHANGES:
            wanted = select(table).where(table.c.exchange_id.in_(ids)).order_by(*table.primary_key)
            found[table.name] = (await connection.execute(wanted)).all()
        events = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
        found["outbox"] = [row for row in events if any(id.encode() in row.event for id in ids)]
    return found


async def counts(house):
    async with house.parts.store.directory.global_engine.connect() as connection:
        wanted = select(shard_info.c.id, shard_info.c.current_users)
        believed = dict((await connection.execute(wanted)).all())
        resident = user_shard_mapping.c.shard_id
        counted = dict((await connection.execute(select(resident, func.count()).group_by(resident))).all())
    assert {shard: number for shard, number in believed.items() if number} == counted
    return believed


async def aged(house, account_id):
    """What moves the person has written nothing for a while."""
    async with house.parts.store.directory.global_engine.begin() as connection:
        long_ago = now() - timedelta(seconds=move_store.HELD_SECONDS + 1)
        where = user_shard_mapping.c.user_id == account_id
        await connection.execute(update(user_shard_mapping).where(where).values(updated_at=long_ago))


async def whole_at(house, records, kim, before, shard_id):
    """The person is as they were, on this shard alone; session, reads and writes know it."""
    assert await rows_of(house, shard_id, kim.id) == before
    assert not any((await rows_of(house, 3 - shard_id, kim.id)).values())
    mapping = await house.parts.store.directory.mapping(kim.id, fresh=True)
    assert (mapping.shard_id, mapping.state) == (shard_id, "active")
    await counts(house)
    person = await house.person(kim.token)
    assert person.shard_id == shard_id
    listed = await records.call("ListExchanges", chatbot_pb2.ListExchangesRequest(page_size=50), person)
    assert len(listed.exchanges) == 8
    added = await records.answered(person, question="옮긴 뒤의 질문")
    assert (await records.store.exchange(added.id, kim.id, shard_id)).question == "옮긴 뒤의 질문"
    assert (await house.log_in("kim")).access_token


def test_every_table_of_a_shard_is_thought_of():
    known = {users, outbox, *OF_EXCHANGES, *(table for table, _, _ in OWNED)}
    assert known == set(metadata.tables.values())


async def test_a_person_moves_with_everything(house, records, kim):
    before, beside = await rows_of(house, kim.source, kim.id), await rows_of(house, kim.target, kim.other.account_id)
    assert all(before.values())
    moved = await operate(house, "MoveAccount", pb.MoveAccountRequest(account=ref(), shard_id=kim.target))
    assert (moved.account_id, moved.shard_id) == (kim.id, kim.target)
    assert await rows_of(house, kim.target, kim.other.account_id) == beside
    await whole_at(house, records, kim, before, kim.target)


async def test_there_and_back_and_to_where_one_is(house, records, kim):
    before = await rows_of(house, kim.source, kim.id)
    for shard_id in (kim.target, kim.target, kim.source, kim.source):
        assert (await mover(house).move(kim.id, shard_id)).shard_id == shard_id
    await whole_at(house, records, kim, before, kim.source)


async def test_who_still_thinks_of_the_old_shard_reads_and_writes_on_the_new_one(house, records, kim):
    await mover(house).move(kim.id, kim.target)
    old = kim.person
    added = await records.answered(old, question="옛 주소로")
    assert (await records.store.exchange(added.id, kim.id, old.shard_id)).shard_id == kim.target
    account = await house.as_service("GetAccount", account_pb2.GetAccountRequest(), kim.token)
    assert account.account_id == kim.id


async def test_many_exchanges_move_in_batches(house, records, kim, monkeypatch):
    monkeypatch.setattr(move_store, "BATCH", 3)
    monkeypatch.setattr(move_store, "EVENTS", 3)
    before = await rows_of(house, kim.source, kim.id)
    await mover(house).move(kim.id, kim.target)
    await whole_at(house, records, kim, before, kim.target)


@pytest.mark.parametrize("step", STEPS)
async def test_a_move_that_is_killed_ends_whole(house, records, kim, step):
    before = await rows_of(house, kim.source, kim.id)
    with pytest.raises(Killed):
        await mover(house, killed_at(step)).move(kim.id, kim.target)
    await mover(house).resume()
    assert (await house.parts.store.directory.mapping(kim.id, fresh=True)).state == "moving"
    await aged(house, kim.id)
    await mover(house).resume()
    lives = kim.source if STEPS.index(step) < STEPS.index("pointed") else kim.target
    await whole_at(house, records, kim, before, lives)


@pytest.mark.parametrize("step", ["frozen", "copied", "pointed", "left"])
async def test_the_next_call_finishes_a_move_that_was_killed(house, records, kim, step):
    before = await rows_of(house, kim.source, kim.id)
    with pytest.raises(Killed):
        await mover(house, killed_at(step)).move(kim.id, kim.target)
    with pytest.raises(MeshError, match="MOVING"):
        await mover(house).move(kim.id, kim.target)
    await aged(house, kim.id)
    await mover(house).move(kim.id, kim.target)
    await whole_at(house, records, kim, before, kim.target)


@pytest.mark.parametrize("step", [*STEPS[STEPS.index("told") :], "unlisted"])
async def test_ending_a_move_may_be_killed_too(house, records, kim, step):
    before = await rows_of(house, kim.source, kim.id)
    with pytest.raises(Killed):
        await mover(house, killed_at("pointed")).move(kim.id, kim.target)
    await aged(house, kim.id)
    with contextlib.suppress(Killed):
        await mover(house, killed_at(step)).resume()
    await aged(house, kim.id)
    await mover(house).resume()
    await house.parts.register.move(kim.id, kim.target)
    await whole_at(house, records, kim, before, kim.target)


@pytest.mark.parametrize("step", STEPS)
async def test_a_mover_that_was_stopped_and_goes_on_harms_nothing(house, records, kim, step):
    """It was believed dead, another ended its move, and the person was moved again, or stayed."""
    before = await rows_of(house, kim.source, kim.id)
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def stopped(name):
        if name == step and not reached.is_set():
            reached.set()
            await go_on.wait()

    slow = asyncio.ensure_future(mover(house, stopped).move(kim.id, kim.target))
    await reached.wait()
    await aged(house, kim.id)
    await mover(house).resume()
    await mover(house).move(kim.id, kim.source)
    go_on.set()
    with pytest.raises(MeshError, match="CONFLICT"):
        await slow
    await whole_at(house, records, kim, before, kim.source)


async def test_writers_lose_nothing_and_readers_see_everything(house, records, kim):
    acknowledged, refused, done = [], [], asyncio.Event()

    async def write(number):
        while not done.is_set():
            try:
                acknowledged.append((await records.answered(kim.person, question=f"글 {number}")).id)
            except MeshError as failure:
                refused.append(failure)
                await asyncio.sleep(0.02)

    async def read():
        while not done.is_set():
            known = list(acknowledged)
            person = await house.person(kim.token)
            if known:
                assert await records.store.exchange(known[0], kim.id, person.shard_id)
            assert await house.parts.store.account(Home(person.account_id, person.shard_id))
            await asyncio.sleep(0.01)

    work = [*(asyncio.ensure_future(write(number)) for number in range(6)), asyncio.ensure_future(read())]
    for shard_id in (kim.target, kim.source, kim.target):
        await asyncio.sleep(0.2)
        await mover(house).move(kim.id, shard_id)
    await asyncio.sleep(0.2)
    done.set()
    await asyncio.gather(*work)
    assert {failure.reason.name for failure in refused} <= {"MOVING"}
    assert all(failure.retry_after for failure in refused)
    there = await rows_of(house, kim.target, kim.id)
    assert not any((await rows_of(house, kim.source, kim.id)).values())
    kept = [row.id for row in there["consultation_history"]]
    assert len(kept) == len(set(kept))
    assert len(acknowledged) > 20
    assert set(acknowledged) <= set(kept)
    open_ones = [row for row in there["consultation_history"] if row.id in set(acknowledged) and not row.completed_at]
    assert open_ones == []


async def test_writes_are_refused_meanwhile_and_reads_go_on(house, records, kim):
    seen = []

    async def look(step):
        person = await house.person(kim.token)
        account = await house.call("GetAccount", account_pb2.GetAccountRequest(), kim.token)
        listed = await records.call("ListExchanges", chatbot_pb2.ListExchangesRequest(page_size=50), person)
        try:
            change = account_pb2.UpdateAccountRequest(saved_clinics=[f"c{len(seen)}"])
            await house.call("UpdateAccount", change, kim.token)
            refusal = ""
        except MeshError as failure:
            refusal = failure.reason.name if failure.retry_after else "without retry"
        seen.append((step, account.account_id, len(listed.exchanges), refusal))

    await mover(house, look).move(kim.id, kim.target)
    assert {(account, exchanges) for _, account, exchanges, _ in seen} == {(kim.id, 8)}
    refused = {step: refusal for step, _, _, refusal in seen[::-1]}
    writing_allowed = {step for step, refusal in refused.items() if not refusal}
    assert set(refused.values()) == {"", "MOVING"}
    assert writing_allowed == {"held", "open", "handed over", "left"}
    account = await house.call("GetAccount", account_pb2.GetAccountRequest(), kim.token)
    written = [f"c{number}" for number, (*_, refusal) in enumerate(seen) if not refusal]
    assert list(account.saved_clinics) == written[-1:]


async def test_a_login_and_an_erasure_meanwhile_wait(house, kim):
    refusals = []

    async def look(step):
        if step == "copied":
            for call in (
                house.log_in("kim"),
                house.call("DeleteAccount", account_pb2.DeleteAccountRequest(password=PASSWORD), kim.token),
            ):
                with pytest.raises(MeshError) as failure:
                    await call
                refusals.append(failure.value.reason.name)

    await mover(house, look).move(kim.id, kim.target)
    assert refusals == ["MOVING", "MOVING"]
    assert (await house.log_in("kim")).access_token
    await house.call("DeleteAccount", account_pb2.DeleteAccountRequest(password=PASSWORD), kim.token)
    assert await house.state(kim.token) == SessionState.EXPIRED
    for shard_id in (1, 2):
        assert not (await rows_of(house, shard_id, kim.id))["users"]


async def test_who_is_blocked_stays_so(house, kim):
    await operate(house, "BlockAccount", pb.BlockAccountRequest(account=ref()))
    await mover(house).move(kim.id, kim.target)
    with pytest.raises(MeshError, match="SESSION_BLOCKED"):
        await house.log_in("kim")


@pytest.mark.parametrize(("values", "reason"), [({"is_active": False}, "PRECONDITION"), ({"max_users": 1}, "NO_ROOM")])
async def test_a_shard_that_takes_nobody_is_refused_before_anything_is_done(house, records, kim, values, reason):
    before = await rows_of(house, kim.source, kim.id)
    async with house.parts.store.directory.global_engine.begin() as connection:
        await connection.execute(update(shard_info).where(shard_info.c.id == kim.target).values(values))
    with pytest.raises(MeshError, match=reason):
        await mover(house).move(kim.id, kim.target)
    await whole_at(house, records, kim, before, kim.source)


async def test_a_shard_that_fills_up_meanwhile_sends_nobody_home_in_pieces(house, records, kim):
    before = await rows_of(house, kim.source, kim.id)

    async def fill(step):
        if step == "copied":
            async with house.parts.store.directory.global_engine.begin() as connection:
                await connection.execute(update(shard_info).where(shard_info.c.id == kim.target).values(max_users=1))

    with pytest.raises(MeshError, match="NO_ROOM"):
        await mover(house, fill).move(kim.id, kim.target)
    await whole_at(house, records, kim, before, kim.source)


@pytest.mark.parametrize(("step", "dies"), [("cleared", "target"), ("copied", "target"), ("open", "source")])
async def test_a_shard_that_dies_meanwhile(house, records, kim, step, dies):
    """The person goes on at once where they live; what the dead shard has of them goes when it is back."""
    before, dead = await rows_of(house, kim.source, kim.id), getattr(kim, dies)
    place = {"driver": "mysql+aiomysql", "host": "127.0.0.1", "port": 1, "options": ""}
    kept = next(row for row in await house.parts.store.directory.rows() if row.id == dead)

    async def die(name):
        if name == step:
            await put(house, records, dead, place)

    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await mover(house, die).move(kim.id, kim.target)
    lives = kim.source if dies == "target" else kim.target
    person = await house.person(kim.token)
    assert person.shard_id == lives
    change = account_pb2.UpdateAccountRequest(saved_clinics=["c1"])
    assert list((await house.call("UpdateAccount", change, kim.token)).saved_clinics) == ["c1"]
    await put(house, records, dead, {name: getattr(kept, name) for name in place})
    await aged(house, kim.id)
    await mover(house).resume()
    after = await rows_of(house, lives, kim.id)
    for table in before.keys() - {"users"}:
        assert after[table] == before[table]
    assert not any((await rows_of(house, dead, kim.id)).values())
    assert (await house.parts.store.directory.mapping(kim.id, fresh=True)).state == "active"
    await counts(house)


async def put(house, records, shard_id, place):
    """Changes where a shard is, and lets everybody see it at once."""
    async with house.parts.store.directory.global_engine.begin() as connection:
        await connection.execute(update(shard_info).where(shard_info.c.id == shard_id).values(place))
    for directory in (house.parts.store.directory, records.directory):
        directory.forget_rows()


async def test_nobody_is_moved_to_or_from_nowhere(house, kim):
    with pytest.raises(MeshError, match="NOT_FOUND"):
        await mover(house).move(kim.id, 9)
    with pytest.raises(MeshError, match="NOT_FOUND"):
        await mover(house).move("01ARZ3NDEKTSV4RRFFQ69G5FAV", kim.target)


async def test_two_moves_of_one_person_at_once(house, records, kim):
    before = await rows_of(house, kim.source, kim.id)
    calls = [mover(house).move(kim.id, kim.target) for _ in range(4)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    refused = {outcome.reason.name for outcome in outcomes if isinstance(outcome, MeshError)}
    assert refused <= {"MOVING"}
    assert any(not isinstance(outcome, Exception) for outcome in outcomes)
    await whole_at(house, records, kim, before, kim.target)


async def test_a_caller_who_goes_away_leaves_the_move_to_itself(house, records, kim):
    before, copied = await rows_of(house, kim.source, kim.id), asyncio.Event()

    async def reached(step):
        if step == "copied":
            copied.set()
            await asyncio.sleep(0)

    going = mover(house, reached)
    call = asyncio.ensure_future(going.move(kim.id, kim.target))
    await copied.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.gather(*going._moving)
    await whole_at(house, records, kim, before, kim.target)


async def test_sessions_of_an_older_redis_learn_where_their_people_live(house, records, kim):
    before = await rows_of(house, kim.source, kim.id)
    await mover(house).move(kim.id, kim.target)
    await house.parts.register.move(kim.id, kim.source)  # as a snapshot taken before the move has it
    await mover(house).tell_again()
    await whole_at(house, records, kim, before, kim.target)


SCRIPT = """
import asyncio, os, signal, sys
from services.account.moves import Mover
from services.account.records import Home
from services.mesh.settings import Settings
from services.storage.redis import open_redis
from services.storage.sessions import SessionRegister
from services.storage.shards import ShardDirectory

async def reached(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    settings = Settings.model_validate_json(sys.stdin.read())
    register = SessionRegister(open_redis(settings))
    await Mover(ShardDirectory(settings), register, 86400, 0.0, reached).move(sys.argv[1], int(sys.argv[2]))

asyncio.run(main())
"""


@pytest.mark.parametrize("step", ["frozen", "copied", "pointed", "handed over"])
async def test_kill_9(house, records, kim, step):
    before = await rows_of(house, kim.source, kim.id)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SCRIPT, kim.id, str(kim.target), step, stdin=asyncio.subprocess.PIPE, env=os.environ
    )
    await process.communicate(house.settings.model_dump_json().encode())
    assert process.returncode == -signal.SIGKILL
    await aged(house, kim.id)
    await mover(house).resume()
    lives = kim.source if step in ("frozen", "copied") else kim.target
    await whole_at(house, records, kim, before, lives)
