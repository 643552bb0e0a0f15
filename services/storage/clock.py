"""The time as tables hold it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def shown(moment: datetime | None) -> str:
    """A table's time as contracts show it, ISO 8601 with offset; empty for never."""
    return moment.replace(tzinfo=UTC).isoformat(timespec="milliseconds") if moment else ""
