"""Every query about logins: what stays of a session for good. How a living one stands is Redis' affair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.account.records import Credentials, Home, SessionRecord
from services.account.store import AccountStore, end_rows
from services.storage.clock import now
from services.storage.tables.shard import known_place, session, users
from services.storage.upsert import upsert

LISTED = 100
BATCH = 500
KEPT_DAYS = 180


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that is over, and why."""

    id: str
    ended_at: datetime
    reason: str


class SessionStore:
    """Rows of logins, on the shards of their people."""

    def __init__(self, accounts: AccountStore) -> None:
        self._accounts, self._directory, self._keyring = accounts, accounts.directory, accounts.keyring

    async def begin(self, found: Credentials, session_id: str, device: str, place: bytes, seconds: int) -> bool:
        """Records a login. False when the password or role was changed or the account blocked since it was looked at.

        Raises MOVING when the person has been moved since then: their session would look for them where they were.
        """
        owner, at = found.home.account_id, now()
        cipher = await self._accounts.cipher(owner)
        row = {
            "id": session_id,
            "user_id": owner,
            "device": cipher.seal(device.encode(), "session", "device", session_id) if device else None,
            "created_at": at,
            "expires_at": at + timedelta(seconds=seconds),
        }

        async def work(connection: AsyncConnection) -> bool:
            as_judged = (users.c.password_hash == found.password_hash, users.c.role == found.role)
            theirs = (users.c.id == owner, users.c.is_active.is_(True), *as_judged)
            logged_in = await connection.execute(update(users).where(*theirs).values(last_login=at))
            if not logged_in.rowcount:
                return False
            await connection.execute(insert(session).values(row))
            if place and not found.fresh_place:
                await upsert(connection, known_place, [{"user_id": owner, "place": place, "last_seen": at}])
            return True

        return await self._accounts.write(found.home, work, follow=False)

    async def end(self, home: Home, session_id: str, reason: str) -> bool:
        """Writes down that a session of this person is over; False when they have no such session."""

        async def work(connection: AsyncConnection) -> bool:
            theirs = (session.c.id == session_id, session.c.user_id == home.account_id)
            if await connection.scalar(select(session.c.id).where(*theirs)) is None:
                return False
            ending = update(session).where(*theirs, session.c.ended_at.is_(None))
            await connection.execute(ending.values(ended_at=now(), end_reason=reason))
            return True

        return await self._accounts.write(home, work)

    async def end_others(self, home: Home, but: str, reason: str) -> list[str]:
        """Writes down that all sessions but one are over; returns their ids."""
        return await self._accounts.write(home, lambda held: end_rows(held, home.account_id, reason, but))

    async def all(self, home: Home) -> list[SessionRecord]:
        """The person's logins, newest first."""
        cipher = await self._keyring.existing(home.account_id)
        wanted = select(session).where(session.c.user_id == home.account_id)
        async with self._directory.reading(home.shard_id) as connection:
            rows = (await connection.execute(wanted.order_by(session.c.created_at.desc()).limit(LISTED))).all()

        def opened(row: Any) -> SessionRecord:
            device = cipher.open(row.device, "session", "device", row.id).decode() if cipher and row.device else ""
            return SessionRecord(row.id, device, row.created_at, row.ended_at, row.end_reason)

        return [opened(row) for row in rows]

    async def ended_since(self, shard_id: int, since: datetime, after: tuple[datetime, str] | None) -> list[Ended]:
        """Sessions of a shard that ended at or after ``since``, in the order of their ends, a batch at a time."""
        moment = after[0] if after else since
        wanted = select(session.c.id, session.c.ended_at, session.c.end_reason).where(session.c.ended_at >= moment)
        if after:
            wanted = wanted.where((session.c.ended_at > moment) | (session.c.id > after[1]))
        async with self._directory.reading(shard_id) as connection:
            rows = await connection.execute(wanted.order_by(session.c.ended_at, session.c.id).limit(BATCH))
        return [Ended(row.id, row.ended_at, row.end_reason) for row in rows]

    async def overdue(self, shard_id: int) -> list[str]:
        """Sessions whose time should be over and whose end is not written down yet, a batch of them."""
        wanted = select(session.c.id).where(session.c.expires_at < now(), session.c.ended_at.is_(None))
        async with self._directory.reading(shard_id) as connection:
            return list(await connection.scalars(wanted.order_by(session.c.expires_at).limit(BATCH)))

    async def settle(self, shard_id: int, over: Sequence[str], longer: Sequence[str], seconds: int) -> None:
        """Writes down which overdue sessions have expired and which were refreshed and go on."""
        at = now()
        async with self._directory.writing(shard_id, "") as connection:
            if over:
                ending = update(session).where(session.c.id.in_(over), session.c.ended_at.is_(None))
                await connection.execute(ending.values(ended_at=at, end_reason="expired"))
            if longer:
                going_on = update(session).where(session.c.id.in_(longer))
                await connection.execute(going_on.values(expires_at=at + timedelta(seconds=seconds)))

    async def forget_old(self, shard_id: int) -> None:
        """Removes rows of sessions that ended long ago."""
        before = now() - timedelta(days=KEPT_DAYS)
        async with self._directory.writing(shard_id, "") as connection:
            await connection.execute(delete(session).where(session.c.ended_at < before))
