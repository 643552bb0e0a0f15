"""What a person agreed to. Decisions are never changed: a new one is added, and the newest of a kind counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from services.account.records import Decision
from services.mesh.errors import MeshError, Violation

# Values of medichain.account.v1.ConsentKind.
SENSITIVE_HEALTH, LOCATION, MODEL_ABROAD, GUARDIAN = 1, 2, 3, 4
ADULT_ENOUGH_YEARS = 14


def newest(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decision that counts of each kind; ``decisions`` are oldest first."""
    return tuple(dict(sorted({decision.kind: decision for decision in decisions}.items())).values())


def granted(decisions: Iterable[Decision], kind: int) -> bool:
    """True when the person said yes. ``decisions`` are the newest of each kind."""
    return any(decision.kind == kind and decision.granted for decision in decisions)


def refused(decisions: Iterable[Decision], kind: int) -> bool:
    """True when the person said no; somebody who was never asked has not."""
    return any(decision.kind == kind and not decision.granted for decision in decisions)


def merged(before: Sequence[Decision], added: Sequence[Decision]) -> tuple[Decision, ...]:
    """What counts once ``added`` stands behind ``before``."""
    return newest((*before, *added))


def check_guardian(birth_date: date | None, counting: Iterable[Decision], today: date) -> None:
    """Raises GUARDIAN_NEEDED for somebody under 14 without a guardian's consent (개인정보 보호법 제22조의2)."""
    if birth_date and age_months(birth_date, today) < ADULT_ENOUGH_YEARS * 12 and not granted(counting, GUARDIAN):
        raise MeshError("GUARDIAN_NEEDED", [Violation("birth_date", "under 14 needs a guardian's consent")])


def age_months(birth_date: date, today: date) -> int:
    """Age in completed months."""
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
    return max(0, months - (today.day < birth_date.day))


def decided(kind: int, given: bool, version: str, at: datetime) -> Decision:
    """A decision made now."""
    return Decision(kind, given, version, at)
