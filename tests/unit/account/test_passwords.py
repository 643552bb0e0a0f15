"""Which passwords are taken, and how they are compared."""

import contextlib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.account.passwords import PasswordHasher, canonical, check, common_passwords, is_common
from services.mesh.errors import InvalidField

TAKEN = "a phrase that is long enough"


def refusal(password, minimum=15, about=()):
    with pytest.raises(InvalidField) as raised:
        check(password, "new_password", minimum, about)
    assert raised.value.violations[0].field == "new_password"
    return raised.value.violations[0].description


@pytest.mark.parametrize(
    "password",
    [
        TAKEN,
        "가나다라 마바사 아자차 카타",
        "🐢🐇🐢🐇🐢🐇🐢🐈🐢🐇🐢🐇🐢🐇🐢",
        "x y z  1 2 3  4 5 6 7",
        "A" * 512 + "bcd" * 100,
    ],
)
def test_any_long_phrase_is_taken_without_rules_of_composition(password):
    assert check(password, "password", 15) == password


def test_length_is_counted_in_characters():
    assert "at least 15" in refusal("가" * 3 + "나다라마바사아자차카타")
    assert check("가나다라마바사아자차카타파하거", "password", 15)
    assert "at most 1024" in refusal("긴 문장 " * 300)


def test_the_minimum_is_a_setting():
    assert check("xk7 pq2m", "password", 8)
    assert "at least 8" in refusal("xk7 pq2", 8)


@pytest.mark.parametrize("password", ["nul\0byte in the middle", "line\nbreak in the middle", "esc\x1b in the middle"])
def test_control_characters_are_refused(password):
    assert "control" in refusal(password)


FIRST_TRIED = [
    "password123456789",
    "QWERTYUIOPASDFGHJKL",
    "qwertyuiop1234567890",
    "aaaaaaaaaaaaaaaaaaaa",
    "abababababababababab",
    "1234123412341234",
    "비밀번호비밀번호비밀번호비밀번호",
    "동해물과백두산이마르고닳도록",
    "correcthorsebatterystaple",
    "dragondragondragon",
]


@pytest.mark.parametrize("password", FIRST_TRIED)
def test_what_is_tried_first_is_refused(password):
    assert "tried first" in refusal(password, 8)


ABOUT_MINJI = ["minji.kim.minji.kim", "Minji.Kim.medichain", "minji.kim@example.org", "MediChain.Minji.Kim.1"]


@pytest.mark.parametrize("password", ABOUT_MINJI)
def test_what_is_known_of_the_person_is_no_secret(password):
    about = ("Minji.Kim", "minji.kim@example.org", "medichain")
    assert "tried first" in refusal(password, about=about)
    assert check("minji.kim walks her dog at noon", "password", 15, about)


def test_what_looks_the_same_is_the_same():
    for form in ("NFC", "NFD"):
        assert canonical(unicodedata.normalize(form, "가나다 é")) == "가나다 é"


def test_the_list_holds_thousands_and_long_ones():
    assert len(common_passwords()) > 5000
    assert sum(len(word) >= 15 for word in common_passwords()) > 1000
    assert is_common("PassWord1")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_taken_or_refused(text):
    with contextlib.suppress(InvalidField):
        assert check(text, "password", 15) == canonical(text)


@pytest.fixture(scope="module")
def hasher():
    made = PasswordHasher(2)
    yield made
    made.close()


async def test_a_hash_fits_its_password_alone(hasher):
    kept = await hasher.hash(TAKEN)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(kept) <= 200
    assert await hasher.fits(TAKEN, kept)
    assert not await hasher.fits(TAKEN + " ", kept)
    assert not await hasher.fits("", kept)
    assert kept != await hasher.hash(TAKEN)


async def test_nobodys_password_never_fits(hasher):
    assert not await hasher.fits(TAKEN, None)
    assert not await hasher.fits("", None)


@settings(max_examples=15, deadline=None)
@given(password=st.text(max_size=2000))
async def test_any_text_can_be_hashed(hasher, password):
    assert await hasher.fits(unicodedata.normalize("NFD", password), await hasher.hash(password))
