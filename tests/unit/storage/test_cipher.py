"""Sealed fields open only where they belong and only while their key exists."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from services.mesh.errors import MeshError
from services.storage.cipher import REMEMBERED_SECONDS, FieldCipher, Keyring
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import MasterKeys
from services.storage.migrate import migrate

KEY = bytes(range(32))


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens(plain):
    cipher = FieldCipher("owner", KEY)
    assert cipher.open(cipher.seal(plain, "t", "c", "1"), "t", "c", "1") == plain


@pytest.mark.parametrize(
    ("owner", "place"),
    [("other", ("t", "c", "1")), ("owner", ("u", "c", "1")), ("owner", ("t", "d", "1")), ("owner", ("t", "c", "2"))],
)
def test_a_moved_field_does_not_open(owner, place):
    sealed = FieldCipher("owner", KEY).seal(b"text", "t", "c", "1")
    with pytest.raises(ValueError, match="does not open"):
        FieldCipher(owner, KEY).open(sealed, *place)


def test_the_same_text_never_seals_the_same():
    cipher = FieldCipher("owner", KEY)
    assert cipher.seal(b"x", "t", "c", "1") != cipher.seal(b"x", "t", "c", "1")


@pytest.fixture
async def keys(deployment):
    await migrate("keys", key_url(deployment))
    engine = open_engine(key_url(deployment))
    yield engine
    await engine.dispose()


async def test_a_key_survives_a_restart_and_not_its_erasure(keys):
    first = await Keyring(keys, KEY).cipher("a")
    sealed = first.seal(b"text", "t", "c", "1")
    again = await Keyring(keys, KEY).existing("a")
    assert again.open(sealed, "t", "c", "1") == b"text"
    await Keyring(keys, KEY).erase("a")
    assert await Keyring(keys, KEY).existing("a") is None
    fresh = await Keyring(keys, KEY).cipher("a")
    with pytest.raises(ValueError):
        fresh.open(sealed, "t", "c", "1")


async def test_two_processes_make_one_key(keys):
    one, two = Keyring(keys, KEY), Keyring(keys, KEY)
    first = await one.cipher("a")
    second = await two._create("a")  # the other process did not see the row yet
    sealed = first.seal(b"text", "t", "c", "1")
    assert second.open(sealed, "t", "c", "1") == b"text"


async def test_a_data_key_is_looked_for_again_after_its_time(keys, monkeypatch):
    here, elsewhere = Keyring(keys, KEY), Keyring(keys, KEY)
    await here.cipher("a")
    await elsewhere.erase("a")
    assert await here.existing("a") is not None
    later = time.monotonic() + REMEMBERED_SECONDS + 1
    monkeypatch.setattr("services.storage.remembered.time.monotonic", lambda: later)
    assert await here.existing("a") is None


async def test_things_are_found_by_a_hash_that_only_this_deployment_makes(keys, tmp_path):
    ring = Keyring(keys, KEY)
    found = await ring.lookup_hash("email", "a@b.kr")
    assert found == await Keyring(keys, KEY).lookup_hash("email", "a@b.kr")
    assert len({found, await ring.lookup_hash("login", "a@b.kr"), await ring.lookup_hash("email", "a@b.com")}) == 3
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/other.sqlite3")
    await migrate("keys", url)
    engine = open_engine(url)
    assert found != await Keyring(engine, KEY).lookup_hash("email", "a@b.kr")
    await engine.dispose()


async def test_everybody_who_has_a_key_is_listed_once(keys):
    ring = Keyring(keys, KEY)
    for number in range(7):
        await ring.cipher(f"u{number}")
    assert [owner async for owner in ring.owners(batch=3)] == [f"u{number}" for number in range(7)]


async def test_without_the_key_database_there_is_a_typed_refusal(tmp_path):
    engine = open_engine(make_url(f"sqlite+aiosqlite:///{tmp_path}/nowhere/keys.sqlite3"))
    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await Keyring(engine, KEY).cipher("a")
    await engine.dispose()


async def test_a_data_key_whose_master_key_is_missing_is_not_replaced(keys):
    await Keyring(keys, KEY).cipher("a")
    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await Keyring(keys, MasterKeys({"other": KEY})).cipher("a")
    with pytest.raises(MeshError, match="UNAVAILABLE"):
        await Keyring(keys, bytes(32)).cipher("a")
    assert await Keyring(keys, KEY).existing("a") is not None
