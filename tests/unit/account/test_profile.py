"""What a person tells about themselves, and what of it needs consent."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.account import consents
from services.account.consents import GUARDIAN, LOCATION, SENSITIVE_HEALTH
from services.account.profile import (
    birth_date_of,
    changed,
    check_consent,
    fields_to_change,
    phone_digits,
    today,
    without_health,
)
from services.account.records import Decision, Health, Profile
from services.mesh.errors import InvalidField, MeshError

AT = datetime(2026, 11, 20, 12)


def decided(kind, given=True, version="1"):
    return Decision(kind, given, version, AT)


def test_the_newest_decision_of_a_kind_counts():
    counting = consents.newest([decided(LOCATION), decided(SENSITIVE_HEALTH), decided(LOCATION, False)])
    assert consents.refused(counting, LOCATION)
    assert consents.granted(counting, SENSITIVE_HEALTH)
    assert len(counting) == 2
    assert consents.granted(consents.merged(counting, [decided(LOCATION)]), LOCATION)


def test_who_was_never_asked_has_neither_agreed_nor_refused():
    assert not consents.granted((), LOCATION)
    assert not consents.refused((), LOCATION)


@pytest.mark.parametrize(
    ("born", "day", "months"),
    [("2000-01-31", "2000-02-29", 0), ("2000-01-31", "2000-03-31", 2), ("2000-02-29", "2001-02-28", 11),
     ("2000-02-29", "2001-03-01", 12), ("2026-11-20", "2026-11-20", 0), ("1990-05-05", "2026-11-20", 438)],
)  # fmt: skip
def test_age_is_counted_in_completed_months(born, day, months):
    assert consents.age_months(date.fromisoformat(born), date.fromisoformat(day)) == months


def test_fourteen_is_old_enough_on_the_birthday():
    day = date(2026, 11, 20)
    consents.check_guardian(date(2012, 11, 20), (), day)
    consents.check_guardian(None, (), day)
    consents.check_guardian(date(2012, 11, 21), (decided(GUARDIAN),), day)
    with pytest.raises(MeshError) as raised:
        consents.check_guardian(date(2012, 11, 21), (decided(GUARDIAN, False),), day)
    assert raised.value.reason.name == "GUARDIAN_NEEDED"


def test_a_mask_names_fields_and_without_one_those_that_are_filled_change():
    assert fields_to_change(["name"], ["name", "email"]) == {"name"}
    assert fields_to_change([], ["email", "consents"]) == {"email"}
    for path in ("role", "account_id", "", "health.pregnancy"):
        with pytest.raises(InvalidField):
            fields_to_change(["name", path], [])


def test_health_needs_consent_and_taking_it_away_needs_none():
    check_consent({"pregnancy": 2, "medicines": ["x"]}, True)
    check_consent({"pregnancy": 0, "medicines": [], "name": "x", "saved_clinics": ["x"]}, False)
    with pytest.raises(MeshError) as raised:
        check_consent({"pregnancy": 2, "medicines": ["x"], "allergies": []}, False)
    assert [violation.field for violation in raised.value.violations] == ["pregnancy", "medicines"]


def test_changes_touch_what_they_name_and_are_tidied():
    before = Profile(name="민지", health=Health(2, ("페니실린",)), saved_clinics=("A1",))
    after = changed(before, {"medicines": [" 와파린정 ", "와파린정"], "birth_date": "1990-05-05", "email": "a@b.kr"})
    assert after.health == Health(2, ("페니실린",), (), ("와파린정",))
    assert (after.name, after.email, after.birth_date) == ("민지", "a@b.kr", date(1990, 5, 5))
    assert without_health(after).health == Health()
    assert not Health()


UNREADABLE = [({"allergies": ["ok", "\u200b"]}, "allergies[1]"), ({"name": "\u200b"}, "name")]


@pytest.mark.parametrize(("changes", "field"), UNREADABLE)
def test_what_holds_nothing_to_read_is_refused_by_name(changes, field):
    with pytest.raises(InvalidField) as raised:
        changed(Profile(), changes)
    assert raised.value.violations[0].field == field


@pytest.mark.parametrize("text", ["1990-02-30", "1990-13-01", "1990-5-5", "yesterday"])
def test_no_day_is_refused(text):
    with pytest.raises(InvalidField):
        birth_date_of(text)


def test_nobody_is_born_tomorrow():
    assert birth_date_of("") is None
    assert birth_date_of(today().isoformat()) == today()
    with pytest.raises(InvalidField):
        birth_date_of((today() + timedelta(days=1)).isoformat())


@given(st.text(alphabet="0123456789+() .-", max_size=24))
def test_a_telephone_number_is_its_digits(phone):
    assert phone_digits(phone) == "".join(char for char in phone if char in "0123456789")
