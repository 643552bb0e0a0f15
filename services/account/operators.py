"""What operators do to somebody's account. Each of it stands in the audit log before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from services.account.moves import Mover
from services.account.records import Account, Home
from services.account.sessions import Sessions
from services.account.store import AccountStore
from services.mesh.context import current
from services.mesh.errors import InvalidField, MeshError, NotFound
from services.mesh.people import Role, SessionState
from services.storage.audit import AuditLog
from services.storage.sessions import SessionRegister


@dataclass(frozen=True, slots=True)
class Ref:
    """An account as an operator names it, by its login name or by its id, and why."""

    login: str
    account_id: str
    reason: str


class Operators:
    """Raises NOT_FOUND for an account that is not there, and does nothing that could not be written down."""

    def __init__(
        self, store: AccountStore, sessions: Sessions, register: SessionRegister, mover: Mover, audit: AuditLog
    ) -> None:
        self._store, self._sessions, self._register = store, sessions, register
        self._mover, self._audit = mover, audit

    async def block(self, ref: Ref) -> Home:
        """Nobody logs in to the account any more; its sessions are over."""
        home = await self._noted("block_account", ref)
        over = await self._store.set_active(home, False)
        await self._sessions.end_living(home.account_id, over, SessionState.BLOCKED, every=True)
        return home

    async def unblock(self, ref: Ref) -> Home:
        home = await self._noted("unblock_account", ref)
        await self._store.set_active(home, True)
        return home

    async def set_role(self, ref: Ref, role: Role) -> Home:
        """Changes what the account may do, at once; one that may do less has to log in again."""
        home = await self._noted("set_role", ref, f"{role}: ")
        over = await self._store.set_role(home, role)
        await self._sessions.end_living(home.account_id, over, SessionState.EXPIRED)
        await self._register.set_role(home.account_id, role)
        return home

    async def inspect(self, ref: Ref) -> Account:
        return await self._store.account(await self._noted("inspect_account", ref))

    async def move(self, ref: Ref, shard_id: int) -> Home:
        home = await self._noted("move_account", ref, f"to shard {shard_id}: ")
        return await self._mover.move(home.account_id, shard_id)

    async def _noted(self, action: str, ref: Ref, what: str = "") -> Home:
        """The account, once it is written down that somebody touches it."""
        home = await self._found(ref)
        await self._audit.append(_operator(), action, home.account_id, what + ref.reason)
        return home

    async def _found(self, ref: Ref) -> Home:
        if bool(ref.login) == bool(ref.account_id):
            raise InvalidField("account", "is named by its login name or by its id, one of them")
        home = await (self._store.home(ref.account_id) if ref.account_id else self._store.home_of_login(ref.login))
        if home is None:
            raise NotFound("account")
        return home


def _operator() -> str:
    """Who does it: an operator's account, or a command of this deployment by its name."""
    call = current()
    name = call.person.account_id if call.person else call.principal.name
    if not name:
        raise MeshError("ACCESS_DENIED")
    return name
