"""How exchanges are written: all of it or nothing, once, and never on somebody else's account."""

import asyncio
from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import delete, insert, select, update

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.events.v1 import events_pb2
from services.chatbot import store as stores
from services.chatbot.outbox import STREAM
from services.chatbot.ownership import anonymous_id, shard_of
from services.chatbot.question import new_exchange_id
from services.chatbot.records import COMPLETED, OPEN, PARTIAL
from services.mesh.errors import MeshError
from services.storage import clock
from services.storage.tables.shard import consultation_history, conversation, evidence, outbox, search_log, users
from tests.support.records import kept, outcome


@pytest.fixture
async def records(deployment):
    async with kept(deployment) as (one,):
        yield one


@pytest.fixture
async def replicas(deployment):
    async with kept(deployment, replicas=2) as two:
        yield two


def later(monkeypatch, **time):
    moment = clock.now() + timedelta(**time)
    monkeypatch.setattr(clock, "now", lambda: moment)


async def sweep(records):
    return sum([await records.sweep.shard(id) for id in await records.directory.ids()])


async def relay(records):
    return sum([await records.relay.relay(id) for id in await records.directory.ids()])


async def streamed(records):
    return [events_pb2.Envelope.FromString(fields[b"event"]) for _, fields in await records.redis.xrange(STREAM)]


def kinds(envelopes):
    return sorted(envelope.WhichOneof("event") for envelope in envelopes)


async def waiting(records):
    return [events_pb2.Envelope.FromString(row.event) for row in await records.rows(outbox)]


# ---- one transaction each -------------------------------------------------------------------------------------


async def test_a_question_is_kept_before_it_is_answered(records):
    person = await records.person()
    opening = await records.asked(person)
    (row,) = await records.rows(consultation_history)
    assert (row.id, row.state, row.user_id) == (opening.id, OPEN, person.account_id)
    assert row.session_id == person.session_id
    assert [line.exchanges for line in await records.rows(conversation)] == [1]
    assert kinds(await waiting(records)) == ["question_received"]


async def test_an_answer_is_kept_with_all_that_belongs_to_it(records):
    opening = await records.answered(await records.person())
    (row,) = await records.rows(consultation_history)
    assert (row.state, row.domain, row.domains) == (COMPLETED, "DOMAIN_DRUG", [1])
    assert (row.confidence_score, row.quality_score, row.response_time_ms) == (0.75, 0.5, 12)
    assert [(e.exchange_id, e.evidence_id) for e in await records.rows(evidence)] == [(opening.id, "drug/1")]
    assert [s.domain for s in await records.rows(search_log)] == ["DOMAIN_DRUG"]
    assert kinds(await waiting(records)) == ["exchange_completed", "question_received"]


async def test_an_answer_is_closed_once_however_often_it_is_tried(records):
    opening = await records.answered(await records.person())
    await records.answer(opening, "another")
    turn = await records.store.exchange(opening.id, opening.owner)
    assert turn.answer == "하루 4,000mg"
    assert len(await records.rows(evidence)) == 1
    assert kinds(await waiting(records)) == ["exchange_completed", "question_received"]


async def test_a_failing_close_leaves_nothing_half_done(records, monkeypatch):
    opening = await records.asked(await records.person())
    broken = outcome(opening, "하루 4,000mg")
    broken.events = [*broken.events, *broken.events]  # the same event twice: the last insert of the transaction fails
    with pytest.raises(Exception, match="outbox"):
        await records.store.close(opening.id, opening.conversation_id, opening.owner, opening.shard_id, broken)
    assert [row.state for row in await records.rows(consultation_history)] == [OPEN]
    assert await records.rows(evidence) == []
    await records.answer(opening)
    assert [row.state for row in await records.rows(consultation_history)] == [COMPLETED]


async def test_texts_of_people_are_sealed(records):
    await records.answered(await records.person(), question="타이레놀 부작용", answer="간 손상")
    for row in await records.rows(consultation_history):
        stored = row.query + row.response + row.result
        assert "타이레놀".encode() not in stored
        assert "간 손상".encode() not in stored


async def test_a_conversation_brings_its_turns_along_oldest_first(records):
    person = await records.person()
    first = await records.answered(person, "첫 질문")
    await records.answered(person, "둘째 질문", conversation_id=first.conversation_id)
    standing = await records.store.standing(first.conversation_id, person.account_id, person.shard_id)
    assert [turn.question for turn in standing.turns] == ["첫 질문", "둘째 질문"]
    assert standing.exists


async def test_the_last_turns_are_the_shards_even_when_redis_missed_one(records, monkeypatch):
    person = await records.person()
    first = await records.answered(person, "첫 질문")

    async def missed(*_):
        return None

    with monkeypatch.context() as patch:
        patch.setattr(records.recent, "push", missed)
        await records.answered(person, "둘째 질문", conversation_id=first.conversation_id)
    standing = await records.store.standing(first.conversation_id, person.account_id, person.shard_id)
    assert [turn.question for turn in standing.turns] == ["첫 질문", "둘째 질문"]


async def test_the_last_turns_come_from_redis(records, monkeypatch):
    person = await records.person()
    opening = await records.answered(person, "질문", answer="대답")

    async def shard(*_):
        raise AssertionError("the shard was asked")

    monkeypatch.setattr(records.store, "turns_of", shard)
    (turn,) = (await records.store.standing(opening.conversation_id, person.account_id, person.shard_id)).turns
    assert (turn.question, turn.answer, turn.state) == ("질문", "대답", COMPLETED)


async def test_foreign_and_forged_conversations_bring_nothing_along(records):
    opening = await records.answered(await records.person())
    other = await records.person()
    for id, owner, shard in [
        (opening.conversation_id, other.account_id, opening.shard_id),
        ("not-ours", other.account_id, 0),
        (anonymous_id(999, "0" * 40), "anonymous:x", 999),
    ]:
        assert not (await records.store.standing(id, owner, shard)).exists


@pytest.mark.parametrize(
    "id", ["c1x" + "G" * 40, "c01x" + "0" * 40, "c1x" + "0" * 39, "C1x" + "0" * 40, "", "p" + "0" * 40]
)
def test_only_ids_this_house_makes_name_a_shard(id):
    assert shard_of(id) == 0


@pytest.mark.parametrize("shard", [1, 9, 35, 36, 1295, 2_000_000])
def test_an_anonymous_id_names_its_shard(shard):
    assert shard_of(anonymous_id(shard, "0a" * 20)) == shard


async def test_two_people_with_one_key_and_one_question_share_nothing(records):
    people = [await records.person() for _ in range(2)]
    openings = [await records.answered(person, "같은 질문", key="1") for person in people]
    assert len({opening.conversation_id for opening in openings}) == 2


# ---- idempotency ----------------------------------------------------------------------------------------------


async def test_a_key_opens_one_exchange_and_its_losers_get_the_first_answer(replicas):
    person = await replicas[0].person()
    openings = [(n, await replicas[n % 2].opening(person, key="once")) for n in range(10)]
    tries = [asyncio.create_task(replicas[n % 2].store.open_or_first(opening)) for n, opening in openings]
    done, _ = await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
    (winner,) = [opening for (_, opening), task in zip(openings, tries, strict=True) if task in done]
    await replicas[0].answer(winner)
    results = await asyncio.gather(*tries)
    assert sorted(result.id for result in results if result) == [winner.id] * 9


async def one_exchange_each(replicas, keys):
    """Ten retries at once for every key, each answered by whoever wins."""
    person = await replicas[0].person()

    async def one(key, n):
        records = replicas[n % 2]
        opening = await records.opening(person, f"질문 {key}", key=f"key-{key}")
        while True:
            try:
                first = await records.store.open_or_first(opening)
                break
            except MeshError as refused:  # a machine with more to do than it can: the caller asks again
                if refused.reason.name != "UNAVAILABLE":
                    raise
        if first:
            return first.id
        await records.answer(opening)
        return opening.id

    told = []
    for begin in range(0, keys, 10):
        batch = range(begin, min(begin + 10, keys))
        told += await asyncio.gather(*[one(key, n) for key in batch for n in range(10)])
    stored = await replicas[0].rows(consultation_history)
    assert len(stored) == keys
    assert {row.state for row in stored} == {COMPLETED}
    assert sorted(told) == sorted(row.id for row in stored for _ in range(10))


async def test_a_hundred_keys_ten_times_at_once_give_one_exchange_each(replicas):
    await one_exchange_each(replicas, 100)


async def test_a_key_is_free_again_when_its_answer_broke_off(records):
    person = await records.person()
    first = await records.asked(person, key="again")
    await records.answer(first, "반쯤", state=PARTIAL)
    again = await records.opening(person, key="again")
    assert again.conversation_id == first.conversation_id
    assert await records.store.open_or_first(again) is None


async def test_a_key_whose_answer_takes_too_long_is_a_conflict(records, monkeypatch):
    monkeypatch.setattr(stores, "FIRST_OUTCOME_SECONDS", 0.05)
    person = await records.person()
    await records.asked(person, key="slow")
    with pytest.raises(MeshError) as refused:
        await records.store.open_or_first(await records.opening(person, key="slow"))
    assert refused.value.reason.name == "CONFLICT"
    assert refused.value.retry_after


# ---- crashes --------------------------------------------------------------------------------------------------


async def test_a_process_that_dies_between_open_and_close_leaves_a_partial_turn(records, monkeypatch):
    person = await records.person()
    opening = await records.asked(person, "질문은 남는다", key="died")
    await sweep(records)
    assert [row.state for row in await records.rows(consultation_history)] == [OPEN]  # it may still be at work
    later(monkeypatch, seconds=91)
    await sweep(records)
    await sweep(records)
    turn = await records.store.exchange(opening.id, person.account_id)
    assert (turn.state, turn.question) == (PARTIAL, "질문은 남는다")
    failed = [envelope.exchange_failed for envelope in await waiting(records) if envelope.HasField("exchange_failed")]
    assert [(one.exchange_id, one.reason) for one in failed] == [(opening.id, "partial")]
    assert await records.store.open_or_first(await records.opening(person, "질문은 남는다", key="died")) is None


async def test_an_answer_that_outlives_the_sweep_is_kept(records, monkeypatch):
    opening = await records.asked(await records.person())
    later(monkeypatch, seconds=91)
    await sweep(records)
    await records.answer(opening)
    assert [row.state for row in await records.rows(consultation_history)] == [COMPLETED]


async def test_an_answer_waits_for_a_move_that_is_under_way(records):
    opening = await records.asked(await records.person())
    await _person_state(records, opening, "moving")
    closing = asyncio.create_task(records.answer(opening))
    await asyncio.sleep(0.2)
    assert not closing.done()
    await _person_state(records, opening, "active")
    await asyncio.wait_for(closing, 5)
    assert [row.state for row in await records.rows(consultation_history)] == [COMPLETED]


async def test_a_person_being_moved_asks_later(records):
    person = await records.person()
    opening = await records.opening(person)
    await _person_state(records, opening, "moving")
    with pytest.raises(MeshError) as refused:
        await records.store.open(opening)
    assert refused.value.reason.name == "MOVING"
    assert refused.value.retry_after
    assert await records.rows(consultation_history) == []


async def test_an_answer_follows_a_person_who_has_moved(records):
    opening = await records.asked(await records.person())
    other = [id for id in await records.directory.ids() if id != opening.shard_id]
    if not other:
        pytest.fail("needs two shards") if records.settings.shard_db_urls else None
        return
    await _move(records, opening, other[0])
    await records.answer(opening)
    turn = await records.store.exchange(opening.id, opening.owner)
    assert (turn.state, turn.shard_id) == (COMPLETED, other[0])


async def test_an_answer_for_somebody_erased_meanwhile_is_not_kept(records):
    opening = await records.asked(await records.person())
    await records.call("EraseRecords", pb.EraseRecordsRequest(account_id=opening.owner))
    await records.keyring.erase(opening.owner)
    await records.answer(opening)
    assert await records.rows(consultation_history) == []
    assert await records.rows(evidence) == []
    assert await records.keyring.existing(opening.owner) is None


async def test_nothing_is_opened_for_an_account_that_is_gone(records):
    person = await records.person()
    opening = await records.opening(person)
    async with records.directory.writing(person.shard_id, "") as connection:
        await connection.execute(delete(users))
    await records.keyring.erase(person.account_id)
    with pytest.raises(MeshError) as refused:
        await records.store.open(opening)
    assert refused.value.reason.name == "SESSION_EXPIRED"
    assert await records.keyring.existing(person.account_id) is None


# ---- outbox ---------------------------------------------------------------------------------------------------


async def test_events_reach_the_stream_and_leave_the_table(records):
    await records.answered(await records.person())
    assert await relay(records) == 2
    assert await relay(records) == 0
    assert kinds(await streamed(records)) == ["exchange_completed", "question_received"]
    assert await records.rows(outbox) == []


async def test_events_hold_no_text(records):
    await records.answered(await records.person(), question="타이레놀", answer="하루 4,000mg")
    await relay(records)
    held = b"".join(fields[b"event"] for _, fields in await records.redis.xrange(STREAM))
    assert "타이레놀".encode() not in held
    assert b"4,000mg" not in held


async def test_while_redis_is_away_events_wait(records, monkeypatch):
    async def away(*_, **__):
        raise RedisAway

    await records.answered(await records.person())
    with monkeypatch.context() as patch:
        patch.setattr("redis.asyncio.client.Pipeline.execute", away)
        with pytest.raises(RedisAway):
            await relay(records)
    assert len(await records.rows(outbox)) == 2
    assert await relay(records) == 2


async def test_a_relay_killed_before_it_deletes_sends_again_and_loses_none(replicas, monkeypatch):
    first, second = replicas
    await first.answered(await first.person())

    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(first.directory, "writing", killed)
        with pytest.raises(Killed):
            await relay(first)
    assert await relay(second) == 2
    sent = await streamed(second)
    assert len(sent) == 4
    assert len({envelope.id for envelope in sent}) == 2


async def test_two_relays_at_once_take_turns(replicas):
    first, second = replicas
    await first.answered(await first.person())
    sent = 0
    for shard_id in await first.directory.ids():
        sent += await first.relay._turn(shard_id)
        sent += await second.relay._turn(shard_id)
    assert sent == 2
    assert len(await streamed(first)) == 2


async def test_a_relay_that_died_does_not_hold_its_turn(replicas, monkeypatch):
    first, second = replicas
    monkeypatch.setattr("services.chatbot.outbox.TURN_MS", 1)
    for shard_id in await first.directory.ids():
        await first.relay._turn(shard_id)
    await first.answered(await first.person())
    await asyncio.sleep(0.01)
    assert sum([await second.relay._turn(shard_id) for shard_id in await second.directory.ids()]) == 2


async def test_the_stream_is_bounded(records, monkeypatch):
    monkeypatch.setattr("services.chatbot.outbox.STREAM_LENGTH", 10)
    person = await records.person()
    for _ in range(15):
        rows = [{"id": new_exchange_id(), "event": b"", "created_at": clock.now()} for _ in range(20)]
        async with records.directory.writing(person.shard_id, "") as connection:
            await connection.execute(insert(outbox), rows)
        await relay(records)
    assert await records.redis.xlen(STREAM) < 300


# ---- what expires ---------------------------------------------------------------------------------------------


async def test_anonymous_conversations_go_after_a_day_with_their_keys(records, monkeypatch):
    opening = await records.answered()
    kept_on = await records.answered(await records.person())
    later(monkeypatch, hours=25)
    assert await sweep(records) == 1
    assert [row.id for row in await records.rows(conversation)] == [kept_on.conversation_id]
    assert await records.keyring.existing(opening.owner) is None


async def test_an_anonymous_conversation_lives_a_day_after_its_last_question(records, monkeypatch):
    opening = await records.answered()
    later(monkeypatch, hours=23)
    await records.answered(conversation_id=opening.conversation_id)
    later(monkeypatch, hours=2)
    assert await sweep(records) == 0


async def test_retention_removes_what_people_have_not_used(deployment, monkeypatch):
    async with kept(deployment, retention=timedelta(days=30)) as (records,):
        person = await records.person()
        old = await records.answered(person, "오래된 질문")
        later(monkeypatch, days=20)
        recent = await records.answered(person, "새 질문")
        later(monkeypatch, days=11)
        assert await sweep(records) == 1
        assert [row.id for row in await records.rows(conversation)] == [recent.conversation_id]
        assert await records.store.exchange(old.id, person.account_id) is None


async def test_retention_holds_for_what_was_there_before_it_was_set(deployment, monkeypatch):
    async with kept(deployment) as (before,):
        await before.answered(await before.person())
    async with kept(deployment, retention=timedelta(days=30)) as (records,):
        assert await sweep(records) == 0
        later(monkeypatch, days=31)
        assert await sweep(records) == 1
        assert await records.rows(consultation_history) == []


async def test_retention_that_was_taken_back_removes_nothing(deployment, monkeypatch):
    async with kept(deployment, retention=timedelta(days=30)) as (before,):
        await before.answered(await before.person())
    later(monkeypatch, days=31)
    async with kept(deployment) as (records,):
        assert await sweep(records) == 0
        assert [row.expires_at for row in await records.rows(conversation)] == [None]


# ---- support --------------------------------------------------------------------------------------------------


async def _person_state(records, opening, state):
    async with records.directory.writing(opening.shard_id, "") as connection:
        await connection.execute(update(users).where(users.c.id == opening.owner).values(state=state))


async def _move(records, opening, shard_id):
    """What the operators' move comes to: the rows are on the other shard, and the directory says so."""
    for table, owner in ((users, "id"), (conversation, "owner"), (consultation_history, "user_id")):
        mine = table.c[owner] == opening.owner
        async with records.directory.reading(opening.shard_id) as connection:
            rows = [dict(row._mapping) for row in (await connection.execute(select(table).where(mine))).all()]
        async with records.directory.writing(shard_id, "") as connection:
            await connection.execute(insert(table), rows)
        async with records.directory.writing(opening.shard_id, "") as connection:
            await connection.execute(delete(table).where(mine))
    await records.directory.set_state(opening.owner, "active", shard_id)
