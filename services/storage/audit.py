"""What operators did with other people's records. Lines chain by hash, so that none is changed or taken out unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.storage.clock import now
from services.storage.failures import Contended, typed
from services.storage.tables.directory import audit_log

PAGE, TRIES, SECONDS = 100, 20, 5.0
BEFORE_THE_FIRST = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``subject`` is an id; ``reason`` what the operator wrote."""

    number: int
    at: datetime
    operator: str
    action: str
    subject: str
    reason: str
    hash: str

    def follows(self, previous: str) -> bool:
        """True when this line is the one that was written after the line with that hash."""
        return self.hash == _hash(previous, self.number, self.at, self.operator, self.action, self.subject, self.reason)


class AuditLog:
    """The log, in the global database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def append(self, operator: str, action: str, subject: str, reason: str) -> int:
        """Writes a line and returns its number; of two at once, each gets its own. Raises UNAVAILABLE."""
        for _ in range(TRIES):
            try:
                async with typed("global", SECONDS), self._engine.begin() as connection:
                    return await _append(connection, (operator[:80], action[:40], subject[:64], reason[:500]))
            except (IntegrityError, Contended):  # another one took the number
                continue
        raise Contended

    async def page(self, after: int = 0, size: int = PAGE) -> list[Entry]:
        """Lines after a number, in their order."""
        wanted = select(audit_log).where(audit_log.c.number > after).order_by(audit_log.c.number).limit(size)
        async with typed("global", SECONDS), self._engine.connect() as connection:
            return [Entry(*row) for row in (await connection.execute(wanted)).all()]

    async def verified(self) -> int | None:
        """None when every line is as it was written and none is missing; else the number of the first that is not."""
        number, previous = 0, BEFORE_THE_FIRST
        while entries := await self.page(number):
            for entry in entries:
                if entry.number != number + 1 or not entry.follows(previous):
                    return number + 1
                number, previous = entry.number, entry.hash
        return None


async def _append(connection: AsyncConnection, line: Sequence[str]) -> int:
    wanted = select(audit_log.c.number, audit_log.c.hash).order_by(audit_log.c.number.desc()).limit(1)
    last = (await connection.execute(wanted)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, BEFORE_THE_FIRST)
    at = now()
    row = dict(zip(("operator", "action", "subject", "reason"), line, strict=True))
    row["hash"] = _hash(previous, number, at, *line)
    await connection.execute(insert(audit_log).values(number=number, at=at, **row))
    return number


def _hash(previous: str, number: int, at: datetime, *line: str) -> str:
    text = json.dumps([previous, number, at.isoformat(timespec="microseconds"), *line], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
