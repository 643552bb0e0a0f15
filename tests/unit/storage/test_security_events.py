"""Security events reach the stream without a name, an address or a text; without Redis nothing else suffers."""

from __future__ import annotations

import pytest
import structlog

from medichain.events.v1 import events_pb2
from services.storage.security_events import RAISED, STREAM, SecurityEvents


@pytest.fixture
def lines():
    with structlog.testing.capture_logs() as captured:
        yield captured


async def test_an_event_names_the_place_by_a_keyed_hash(redis, keyring, lines):
    events = SecurityEvents(redis, keyring)
    await events.record("failed_login", "/a.B/C", "u1", "203.0.113.7")
    await events.record("failed_login", "/a.B/C", "u1", "203.0.113.7")
    entries = [events_pb2.Envelope.FromString(fields[b"event"]) for _, fields in await redis.xrange(STREAM)]
    raised = [entry.security_raised for entry in entries]
    assert (raised[0].kind, raised[0].method, raised[0].account) == ("failed_login", "/a.B/C", "u1")
    assert len(raised[0].place) == 64
    assert raised[0].place == raised[1].place
    assert len({entry.id for entry in entries}) == 2
    assert "203.0.113.7" not in str(entries) + str(lines)
    assert all("u1" not in str(line) for line in lines)


async def test_without_redis_it_is_counted_and_nothing_is_raised(no_redis, keyring, lines):
    counter = RAISED.labels("limit_exceeded", "/a.B/D")
    before = counter._value.get()
    await SecurityEvents(no_redis, keyring).record("limit_exceeded", "/a.B/D", address="203.0.113.7")
    assert counter._value.get() == before + 1
    assert [line["event"] for line in lines] == ["security_event", "security_event_not_kept"]
