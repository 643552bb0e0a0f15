"""Sealed fields open only where they belong and only while their key exists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from services.mesh.settings import Settings
from services.storage.cipher import FieldCipher, Keyring, master_key
from services.storage.engine import open_engine
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
async def keys(tmp_path):
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/keys.sqlite3")
    await migrate("keys", url)
    engine = open_engine(url)
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


def test_a_configured_master_key_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="MEDICHAIN_MASTER_KEY_FILE"):
        master_key(Settings(data_dir=tmp_path, master_key_file=tmp_path / "none"))
    assert len(master_key(Settings(data_dir=tmp_path))) == 32
