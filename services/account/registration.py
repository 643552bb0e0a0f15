"""Making an account, so that a crash at any point leaves a whole one or none.

Three databases take part. The name is claimed in the global one first (mapping "pending"), then the data key is made,
then the rows on the shard, then the mapping becomes "active". A claim that nobody completed is given back by
:meth:`ShardDirectory.reconcile`, or completed when the shard has the person.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from ulid import ULID

from services.account import consents
from services.account.login_names import normal, typed
from services.account.passwords import PasswordHasher, check
from services.account.profile import today
from services.account.records import Account, Decision, Home, Profile
from services.account.store import AccountStore, NewAccount
from services.mesh.errors import MeshError

PRODUCT = ("medichain", "메디체인")


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person registers with. ``profile`` is tidied and holds no health data."""

    name: str
    password: str
    profile: Profile
    decisions: Sequence[Decision] = ()


class Registrar:
    """Makes accounts."""

    def __init__(self, store: AccountStore, hasher: PasswordHasher, password_minimum: int) -> None:
        self._store, self._hasher, self._minimum = store, hasher, password_minimum

    async def register(self, wanted: Registration, exempt: bool = False) -> Account:
        """The new account. ``exempt`` lets a demo account have the password everybody knows.

        Raises INVALID_FIELD, GUARDIAN_NEEDED, ALREADY_EXISTS, NO_ROOM.
        """
        login = typed(wanted.name)
        counting = consents.newest(wanted.decisions)
        consents.check_guardian(wanted.profile.birth_date, counting, today())
        password = wanted.password if exempt else self.checked(wanted.password, "password", login, wanted.profile)
        account = NewAccount(
            account_id=str(ULID()),
            login=login,
            login_hash=await self._store.login_hash(login),
            password_hash=await self._hasher.hash(password),
            profile=wanted.profile,
            decisions=tuple(wanted.decisions),
        )
        return await self._store.account(await self._made(account))

    def checked(self, password: str, field: str, login: str, profile: Profile) -> str:
        """The password, if it is one to take for this person."""
        about = (login, normal(login), profile.name, profile.email, profile.email.partition("@")[0], *PRODUCT)
        return check(password, field, self._minimum, about)

    async def _made(self, account: NewAccount) -> Home:
        home = Home(account.account_id, await self._store.directory.reserve(account.account_id, account.login_hash))
        try:
            await self._store.create(account, home.shard_id)
            await self._store.directory.activate(account.account_id)
        except IntegrityError:
            # The shard has a row of this name that the directory knows nothing of: it is not ours to take away.
            await self._give_back(home)
            raise MeshError("ALREADY_EXISTS") from None
        except MeshError:
            with contextlib.suppress(MeshError):  # the sweep does it later
                await self._give_back(home)
            raise
        return home

    async def _give_back(self, home: Home) -> None:
        """Takes back what there is. Deleting waits for a transaction that may still be committing on the server."""
        await self._store.erase(home)
        await self._store.keyring.erase(home.account_id)
        await self._store.directory.release(home.account_id)
