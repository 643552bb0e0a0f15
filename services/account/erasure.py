"""Erasing a person: everything that is kept goes, and the key that could read old copies of it goes.

The mark "erasing" in the global database is set first and taken away last, so a sweep finishes what a crash, or a
database that did not answer, has interrupted. Every step may be done twice. The data key goes when the rows are gone
and before the mark does: it is never left behind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.account.locks import Locks, confirmation_of
from services.account.persons import Persons
from services.account.records import Home
from services.account.session_store import SessionStore
from services.account.store import AccountStore
from services.mesh.people import SessionState
from services.storage.sessions import SessionRegister

# Asks the chatbot service to remove everything it keeps of an account.
EraseRecords = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases accounts."""

    store: AccountStore
    sessions: SessionStore
    register: SessionRegister
    persons: Persons
    locks: Locks
    erase_records: EraseRecords

    async def erase(self, home: Home) -> None:
        """Returns when nothing is left. From the first step on nobody can log in any more."""
        await self.store.directory.set_state(home.account_id, "erasing")
        await self.finish(await self._now_at(home))

    async def _now_at(self, home: Home) -> Home:
        mapping = await self.store.directory.mapping(home.account_id, fresh=True)
        return Home(home.account_id, mapping.shard_id) if mapping else home

    async def finish(self, home: Home) -> None:
        """Every step after the mark."""
        owner = home.account_id
        for session in await self.sessions.all(home):
            await self.register.end(session.id, SessionState.EXPIRED)
        await self.register.end_all(owner, SessionState.EXPIRED)
        await self.erase_records(owner)
        await self.store.erase(home)
        # A login that was under way when the mark was set may have begun a session; without the row no other can.
        await self.register.end_all(owner, SessionState.EXPIRED)
        await self.persons.drop(owner)
        await self.locks.forget(confirmation_of(owner))
        await self.store.keyring.erase(owner)
        await self.store.directory.release(owner)
