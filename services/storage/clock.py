"""The time as tables hold it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
