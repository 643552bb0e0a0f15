"""What is kept of a person, opened, as the rest of this service speaks of it. Times are naive UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from services.mesh.people import Role

GENDERS = ("", "M", "F", "Other")


@dataclass(frozen=True, slots=True)
class Home:
    """An account and the shard its records live on, as far as the caller knows."""

    account_id: str
    shard_id: int


@dataclass(frozen=True, slots=True)
class Health:
    """Health data; ``pregnancy`` is a value of ``medichain.specialist.v1.Pregnancy``."""

    pregnancy: int = 0
    allergies: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pregnancy or self.allergies or self.conditions or self.medicines)


@dataclass(frozen=True, slots=True)
class Decision:
    """A consent given or refused; ``kind`` is a value of ``medichain.account.v1.ConsentKind``."""

    kind: int
    granted: bool
    version: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person tells about themselves. Empty is not told."""

    name: str = ""
    email: str = ""
    phone: str = ""
    birth_date: date | None = None
    gender: str = ""
    health: Health = field(default_factory=Health)
    saved_clinics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. ``consents`` are the newest decision of each kind."""

    account_id: str
    login: str
    profile: Profile
    role: Role
    is_active: bool
    created_at: datetime
    updated_at: datetime
    last_login: datetime | None = None
    consents: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is judged by. ``at_home`` is True for a place the person has logged in from before.

    ``fresh_place`` is True when that is written down already and need not be so soon again.
    """

    home: Home
    password_hash: str
    login: bytes
    is_active: bool
    role: Role
    at_home: bool
    fresh_place: bool
    has_places: bool


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One login, as it is recorded."""

    id: str
    device: str
    created_at: datetime
    ended_at: datetime | None = None
    end_reason: str = ""
