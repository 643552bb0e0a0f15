"""What a person may tell about themselves: how it is written down, and what of it needs their consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from services.account.records import Health, Profile
from services.mesh.errors import InvalidField, MeshError, Violation
from services.safety.text import normalised

HEALTH = ("pregnancy", "allergies", "conditions", "medicines")
LISTS = ("allergies", "conditions", "medicines", "saved_clinics")
TEXTS = ("name", "email", "phone")
FIELDS = frozenset({*TEXTS, "birth_date", "gender", *HEALTH, "saved_clinics", "consents"})
KOREA = timezone(timedelta(hours=9))


def today() -> date:
    """The day it is where the people are."""
    return datetime.now(KOREA).date()


def fields_to_change(paths: Sequence[str], filled: Iterable[str]) -> frozenset[str]:
    """The fields an update is about: those of the mask, or those that are filled when there is none (AIP-134)."""
    asked = frozenset(paths) or frozenset(filled)
    for path in sorted(asked - FIELDS):
        raise InvalidField("update_mask", f"names a field that cannot be changed: {path[:40]!r}")
    return asked - {"consents"}


def changed(profile: Profile, changes: Mapping[str, Any]) -> Profile:
    """The profile with the changes in it, tidied. Raises INVALID_FIELD for what cannot be."""
    tidy = {name: _tidy(name, value) for name, value in changes.items()}
    health = replace(profile.health, **{name: tidy.pop(name) for name in HEALTH if name in tidy})
    return replace(profile, health=health, **tidy)


def check_consent(changes: Mapping[str, Any], allowed: bool) -> None:
    """Raises CONSENT_NEEDED naming the health data that would be kept without consent. Taking some away needs none."""
    kept = [name for name in HEALTH if changes.get(name)]
    if kept and not allowed:
        raise MeshError("CONSENT_NEEDED", [Violation(name, "needs CONSENT_KIND_SENSITIVE_HEALTH") for name in kept])


def without_health(profile: Profile) -> Profile:
    return replace(profile, health=Health())


def birth_date_of(text: str, field: str = "birth_date") -> date | None:
    """The day, or None for an empty text. Raises INVALID_FIELD for no day and for one to come."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidField(field, "is no date") from None
    if day > today():
        raise InvalidField(field, "is in the future")
    return day


def line(text: str, field: str) -> str:
    """A line of text a person gave: tidied. Raises INVALID_FIELD when nothing to read is left of something."""
    tidied = normalised(text)
    if text and not tidied:
        raise InvalidField(field, "must hold something to read")
    return tidied


def phone_digits(phone: str) -> str:
    """What of a telephone number tells it from another."""
    return "".join(char for char in phone if char.isdigit())


def _tidy(name: str, value: Any) -> Any:
    if name in TEXTS:
        return line(value, name)
    if name == "birth_date":
        return birth_date_of(value)
    if name in LISTS:
        tidied = [line(item, f"{name}[{index}]") for index, item in enumerate(value)]
        return tuple(dict.fromkeys(tidied))
    return value
