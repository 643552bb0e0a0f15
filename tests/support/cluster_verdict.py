"""What became of everything that was acknowledged while a deployment was being hurt: the findings, one line each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from medichain.events.v1 import events_pb2
from services.chatbot import rows
from services.chatbot.outbox import STREAM
from services.chatbot.records import COMPLETED, Turn
from services.mesh.settings import Settings
from services.storage.tables.shard import consultation_history, conversation, outbox
from tests.support.cluster import WELL_SHARD, Faults
from tests.support.cluster_people import MARK, PASSWORD, TRANSIENT, Crowd, Person
from tests.support.records import Records


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Records]:
    records = Records(settings)
    try:
        yield records
    finally:
        await records.close()


async def findings(faults: Faults, crowd: Crowd, records: Records) -> list[str]:
    """Empty when nothing was lost, doubled, mixed up, told in a log, or refused without need."""
    turns = await _turns(records)
    owners = {row.id: row.owner for row in await records.rows(conversation)}
    found = [*_kept(crowd, turns, owners), *_once(crowd, turns), *_mixed(crowd, turns)]
    found += [line for person in crowd.people for line in _listed(person, await crowd.history(person))]
    found += await _untold(crowd, records)
    return [*found, *_refusals(faults, crowd), *_logged(faults)]


async def repeated(crowd: Crowd, most: int) -> list[str]:
    """Asks the first ``most`` questions once more, each under its own key: each must get its first answer."""

    async def of(person: Person) -> list[str]:
        found = []
        for question, answer in list(person.answers.items())[: most // len(crowd.people)]:
            again = await crowd.ask_patiently(person, question)
            if again != answer:
                found.append(f"{answer.exchange_id}: asked again, another answer came ({again.exchange_id})")
        return found

    return [line for lines in await asyncio.gather(*map(of, crowd.people)) for line in lines]


async def _turns(records: Records) -> list[Turn]:
    """Every exchange of both shards, opened with its own owner's key."""
    found = []
    for row in await records.rows(consultation_history):
        cipher = await records.keyring.existing(row.user_id)
        assert cipher is not None, "an owner without a key"
        found.append(rows.turn(cipher, row, 0))
    return found


def _kept(crowd: Crowd, turns: list[Turn], owners: dict[str, str]) -> Iterator[str]:
    """Every acknowledged answer is stored once, whole, as it was acknowledged, for the one who asked."""
    stored = Counter(turn.id for turn in turns)
    by_id = {turn.id: turn for turn in turns}
    for person in crowd.people:
        for question, answer in person.answers.items():
            id, turn = answer.exchange_id, by_id.get(answer.exchange_id)
            if turn is None or stored[id] != 1:
                yield f"{id}: stored {stored[id]} times"
                continue
            expected = (person.account_id, COMPLETED, question.text, answer.answer, answer.SerializeToString())
            if (turn.owner, turn.state, turn.question, turn.answer, turn.result) != expected:
                yield f"{id}: not as acknowledged"
            if owners.get(turn.conversation_id) != person.account_id:
                yield f"{id}: in somebody else's conversation"


def _once(crowd: Crowd, turns: list[Turn]) -> Iterator[str]:
    """No question, acknowledged or not, has two whole answers: every text is asked under one key."""
    whole = Counter(turn.question for turn in turns if turn.state == COMPLETED)
    yield from (f"answered {count} times" for count in whole.values() if count > 1)


def _mixed(crowd: Crowd, turns: list[Turn]) -> Iterator[str]:
    asked = {question.text: person for person in crowd.people for question in [*person.answers, *person.doubtful]}
    for turn in turns:
        if turn.question not in asked or asked[turn.question].account_id != turn.owner:
            yield f"{turn.id}: under somebody who has not asked it"


def _listed(person: Person, listed: list[Any]) -> Iterator[str]:
    """What the product shows is what was acknowledged, and nothing that others asked."""
    shown = Counter(exchange.id for exchange in listed)
    mine = {question.text for question in [*person.answers, *person.doubtful]}
    for answer in person.answers.values():
        if shown[answer.exchange_id] != 1:
            yield f"{answer.exchange_id}: listed {shown[answer.exchange_id]} times"
    for exchange in listed:
        if exchange.question not in mine:
            yield f"{exchange.id}: listed for somebody who has not asked it"


async def _untold(crowd: Crowd, records: Records) -> list[str]:
    """Every acknowledged answer has its event in the stream, or still on its way there."""
    events = [fields[b"event"] for _, fields in await records.redis.xrange(STREAM)]
    events += [row.event for row in await records.rows(outbox)]
    told = {events_pb2.Envelope.FromString(event).exchange_completed.exchange_id for event in events}
    ids = {answer.exchange_id for person in crowd.people for answer in person.answers.values()}
    return [f"{id}: no event" for id in ids - told]


def _refusals(faults: Faults, crowd: Crowd) -> Iterator[str]:
    """People are told to try again, nothing worse; and those of the other shard nothing at all while one is away."""
    for person in crowd.people:
        for refused in person.refused:
            if refused.reason not in TRANSIENT:
                yield f"refused with {refused.reason}"
            if person.shard_id == WELL_SHARD and faults.only_a_shard_was_away(refused.began, refused.ended):
                yield f"refused with {refused.reason} while only the other shard was away"


def _logged(faults: Faults) -> Iterator[str]:
    logs = [faults.cluster.logged(), *(server.said() for server in faults.servers.all)]
    if any(text in log for log in logs for text in (MARK, PASSWORD, "010-7777-0707")):
        yield "a log holds what a person wrote"
