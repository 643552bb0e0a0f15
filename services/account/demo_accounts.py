"""Accounts for load tests, with a password everybody knows."""

from __future__ import annotations

import asyncio

from services.account.records import Profile
from services.account.registration import Registrar, Registration
from services.account.store import AccountStore
from services.mesh.errors import MeshError, Violation

PASSWORD = "test_password"  # noqa: S105 (known to everybody)
AT_ONCE = 16


class DemoAccounts:
    """Makes them. ``embedded`` is False where real people have accounts."""

    def __init__(self, store: AccountStore, registrar: Registrar, embedded: bool) -> None:
        self._store, self._registrar, self._embedded = store, registrar, embedded
        self._places = asyncio.Semaphore(AT_ONCE)

    async def create(self, count: int, force: bool) -> int:
        """Makes test_user_0 to test_user_(count-1), those that are there excepted; returns how many it made."""
        if not self._embedded and not force:
            raise MeshError("PRECONDITION", [Violation("force", "is needed where databases are configured")])
        made = await asyncio.gather(*(self._one(f"test_user_{number}") for number in range(count)))
        return sum(made)

    async def _one(self, login: str) -> bool:
        async with self._places:
            if await self._store.home_of_login(login):
                return False
            try:
                await self._registrar.register(Registration(login, PASSWORD, Profile()), exempt=True)
            except MeshError as refused:
                if refused.reason.name != "ALREADY_EXISTS":
                    raise
                return False
        return True
