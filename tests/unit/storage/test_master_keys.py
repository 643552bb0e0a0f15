"""A master key gives way to a new one, and whatever breaks off on the way, everything stays readable."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import func, select

from services.mesh.settings import Settings
from services.storage import master_keys as files
from services.storage import rotation
from services.storage.cipher import Keyring
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import MasterKeys, key_file, master_keys
from services.storage.migrate import migrate
from services.storage.rotation import retire, rotate_master
from services.storage.tables.keys import data_key

OWNERS = [f"u{number}" for number in range(5)]


class Broken(Exception):
    """Stands for a process that dies."""


@pytest.fixture
async def settings(deployment):
    await migrate("keys", key_url(deployment))
    return deployment


@pytest.fixture
async def engine(settings):
    engine = open_engine(key_url(settings))
    yield engine
    await engine.dispose()


@pytest.fixture
async def sealed(settings, engine):
    """What each owner wrote before the rotation."""
    ring = Keyring(engine, master_keys(settings))
    return {owner: (await ring.cipher(owner)).seal(owner.encode(), "t", "c", "1") for owner in OWNERS}


async def readable(ring: Keyring, sealed: dict[str, bytes]) -> bool:
    return [(await ring.cipher(owner)).open(one, "t", "c", "1") for owner, one in sealed.items()] == [
        owner.encode() for owner in sealed
    ]


async def masters(engine) -> dict[str, int]:
    async with engine.connect() as connection:
        rows = await connection.execute(select(data_key.c.master, func.count()).group_by(data_key.c.master))
        return dict(tuple(row) for row in rows)


def test_a_configured_file_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="MEDICHAIN_MASTER_KEY_FILE"):
        master_keys(Settings(data_dir=tmp_path, master_key_file=tmp_path / "none"))
    id, key = master_keys(Settings(data_dir=tmp_path)).newest
    assert (id, len(key)) == ("first", 32)
    assert master_keys(Settings(data_dir=tmp_path)).newest == (id, key)


@pytest.mark.parametrize("content", [b"", b"short", b"a AAAA\n", b"\xff" * 31, b"a " + b"A" * 44 + b"!\n"])
def test_a_file_that_holds_no_keys_is_refused(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(ValueError, match="master key file"):
        MasterKeys.read(tmp_path / "key")


async def test_after_a_rotation_the_old_key_can_go(settings, engine, sealed):
    old = files.key_file(settings).read_bytes()
    done = await rotate_master(settings)
    assert (done.wrapped, done.idle) == (len(OWNERS), ("first",))
    assert await masters(engine) == {done.newest: len(OWNERS)}
    assert await retire(settings) == ("first",)
    assert old not in files.key_file(settings).read_bytes()
    assert files.key_file(settings).stat().st_mode & 0o777 == 0o600
    assert await readable(Keyring(engine, master_keys(settings)), sealed)


async def test_a_process_that_runs_on_meets_the_new_key(settings, engine, sealed):
    ring = Keyring(engine, master_keys(settings))
    newest = (await rotate_master(settings)).newest
    await ring.cipher("somebody new")
    assert await masters(engine) == {newest: len(OWNERS) + 1}
    await retire(settings)
    assert await readable(ring, sealed)


async def test_a_rotation_that_broke_off_is_finished_and_not_begun_anew(settings, engine, sealed, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    whole, batches = rotation._write, []

    async def dies(*arguments):
        if batches:
            raise Broken
        batches.append(await whole(*arguments))

    monkeypatch.setattr(rotation, "_write", dies)
    with pytest.raises(Broken):
        await rotate_master(settings)
    assert len(await masters(engine)) == 2
    assert await retire(settings) == ()
    assert await readable(Keyring(engine, master_keys(settings)), sealed)
    monkeypatch.setattr(rotation, "_write", whole)
    done = await rotate_master(settings)
    assert done.wrapped == len(OWNERS) - 2
    assert len(master_keys(settings).ids) == 2
    assert await readable(Keyring(engine, master_keys(settings)), sealed)


@pytest.mark.parametrize("step", ["os.fsync", "os.replace"])
async def test_a_key_file_that_could_not_be_replaced_is_the_old_one(settings, engine, sealed, monkeypatch, step):
    def dies(*_):
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(f"services.storage.master_keys.{step}", dies)
        with pytest.raises(Broken):
            await rotate_master(settings)
    assert master_keys(settings).ids == ["first"]
    assert await readable(Keyring(engine, master_keys(settings)), sealed)
    await rotate_master(settings)
    assert await readable(Keyring(engine, master_keys(settings)), sealed)


async def test_a_key_added_and_nothing_more_wraps_the_rest_at_the_next_try(settings, engine, sealed):
    files.add(files.key_file(settings))
    ring = Keyring(engine, master_keys(settings))
    assert await readable(ring, sealed)
    await ring.cipher("somebody new")
    assert (await rotate_master(settings)).wrapped == len(OWNERS)
    assert len(master_keys(settings).ids) == 2


async def test_who_is_erased_during_a_rotation_stays_erased(settings, engine, sealed, monkeypatch):
    whole = rotation._write

    async def erased_first(*arguments):
        await Keyring(engine, master_keys(settings)).erase("u0")
        await whole(*arguments)

    monkeypatch.setattr(rotation, "_write", erased_first)
    await rotate_master(settings)
    assert await Keyring(engine, master_keys(settings)).existing("u0") is None


def test_the_newest_key_stays(settings):
    file = files.key_file(settings)
    with pytest.raises(ValueError, match="stays"):
        files.remove(file, "first")


def test_master_keys_may_come_from_the_environment(tmp_path):
    old, new = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    one = master_keys(Settings(data_dir=tmp_path, master_key=old))
    assert one.newest == ("first", b"\x01" * 32)
    both = master_keys(Settings(data_dir=tmp_path, master_key=f"a {old}, b {new}"))
    assert (both.ids, both.newest[1], both.get("a")) == (["a", "b"], b"\x02" * 32, b"\x01" * 32)
    for wrong in ("abc", f"a {old}, b", "a b c"):
        with pytest.raises(ValueError, match=r"."):
            master_keys(Settings(data_dir=tmp_path, master_key=wrong))
    assert not (tmp_path / "keys").exists()
    with pytest.raises(ValueError, match="MEDICHAIN_MASTER_KEY"):
        key_file(Settings(data_dir=tmp_path, master_key=old))
