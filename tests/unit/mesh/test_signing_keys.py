"""Keys are fetched when they are needed, seldom, and stay known while nobody publishes them."""

import asyncio

import pytest

from medichain.account.v1 import account_pb2
from services.mesh.errors import CallFailed, MeshError
from services.mesh.signing_keys import MOST_KEYS, SigningKeys
from tests.support.people import Signer


class Published:
    def __init__(self, *signers):
        self.signers, self.fetched, self.away = list(signers), 0, False

    async def __call__(self):
        self.fetched += 1
        await asyncio.sleep(0)
        if self.away:
            raise CallFailed("UNAVAILABLE")
        return [account_pb2.SigningKey(**signer.public()) for signer in self.signers]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


async def test_keys_are_fetched_once_for_all_who_wait(clock):
    published = Published(Signer("k1"))
    keys = SigningKeys(published, clock)
    found = await asyncio.gather(*(keys.key("k1") for _ in range(50)))
    assert all(found)
    assert published.fetched == 1


async def test_unknown_ids_are_asked_about_once_a_second(clock):
    published = Published(Signer("k1"))
    keys = SigningKeys(published, clock)
    for number in range(100):
        assert await keys.key(f"unknown-{number}") is None
    assert published.fetched == 1
    clock.now += 1.0
    assert await keys.key("unknown") is None
    assert published.fetched == 2


async def test_a_rotated_key_is_found(clock):
    published = Published(Signer("k1"))
    keys = SigningKeys(published, clock)
    await keys.key("k1")
    published.signers.append(Signer("k2"))
    clock.now += 1.0
    assert await keys.key("k2")
    assert await keys.key("k1")


async def test_known_keys_outlast_the_account_service(clock):
    published = Published(Signer("k1"))
    keys = SigningKeys(published, clock)
    await keys.key("k1")
    published.away = True
    clock.now += 10_000
    assert await keys.key("k1")
    await keys._fetching  # beside it, and in vain
    assert await keys.key("k1")
    clock.now += 1.0
    with pytest.raises(MeshError, match="UNAVAILABLE") as failed:
        await keys.key("k2")
    assert failed.value.retry_after


async def test_a_withdrawn_key_goes(clock):
    published = Published(Signer("k1"))
    keys = SigningKeys(published, clock)
    await keys.key("k1")
    published.signers.clear()
    clock.now += 301
    await keys.key("k1")
    await keys._fetching
    assert await keys.key("k1") is None


async def test_keys_of_other_kinds_are_not_taken(clock):
    async def odd():
        key = Signer("k1").public()
        return [
            account_pb2.SigningKey(**key | {"kty": "RSA"}),
            account_pb2.SigningKey(**key | {"crv": "X25519"}),
            account_pb2.SigningKey(**key | {"kid": ""}),
        ]

    keys = SigningKeys(odd, clock)
    assert await keys.key("k1") is None
    assert await keys.key("") is None


async def test_the_number_of_keys_is_bounded(clock):
    one = Signer("k")

    async def many():
        return [account_pb2.SigningKey(**one.public() | {"kid": f"k{number}"}) for number in range(1000)]

    keys = SigningKeys(many, clock)
    await keys.key("k1")
    assert len(keys._keys) == MOST_KEYS
