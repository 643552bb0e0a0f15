"""Logging in, staying in, logging out. What lives stands in Redis, what has ended in the person's database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ulid import ULID

from services.account.locks import Locks, confirmation_of, counter_of
from services.account.passwords import PasswordHasher
from services.account.records import Credentials, Home
from services.account.session_store import SessionStore
from services.account.store import AccountStore
from services.account.tokens import TokenSigner, refresh_hash, refresh_token, session_of
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.mesh.people import Security, SessionState
from services.storage.sessions import Begun, Rotation, SessionRegister

STATE_OF_REASON = {"duplicated": SessionState.DUPLICATED, "blocked": SessionState.BLOCKED}
_REFUSED = {
    SessionState.EXPIRED: "SESSION_EXPIRED",
    SessionState.DUPLICATED: "SESSION_DUPLICATED",
    SessionState.BLOCKED: "SESSION_BLOCKED",
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client that is logged in holds."""

    access: str
    refresh: str
    seconds: int
    session_id: str
    account_id: str
    login: str


@dataclass(frozen=True, slots=True)
class SessionRules:
    """The deployment's settings of sessions."""

    seconds: int
    single: bool


class Sessions:
    """A person's way in and out."""

    def __init__(
        self,
        accounts: AccountStore,
        rows: SessionStore,
        register: SessionRegister,
        locks: Locks,
        hasher: PasswordHasher,
        signer: TokenSigner,
        security: Security,
        rules: SessionRules,
    ) -> None:
        self._accounts, self._rows, self._register = accounts, rows, register
        self._locks, self._hasher, self._signer = locks, hasher, signer
        self._security, self._rules = security, rules
        # True while Redis may hold sessions that are over: it did not answer when they were ended.
        self.unsettled = False

    async def log_in(self, name: str, password: str, device: str, address: str) -> Tokens:
        """Raises WRONG_CREDENTIALS, LOCKED, or, to whom knows the password, SESSION_BLOCKED.

        A name without an account takes every step that a name with one takes.
        """
        login_hash = await self._accounts.login_hash(name)
        place = await self._accounts.keyring.lookup_hash("place", address) if address else b""
        found = await self._accounts.credentials(login_hash, place)
        counter = counter_of(login_hash, place if found and found.at_home else b"")
        await self._locks.check(counter)
        fits = await self._hasher.fits(password, found.password_hash if found else None)
        if found is None or not fits:
            await self._failed(counter, "CreateSession", found.home.account_id if found else "", address)
            raise MeshError("WRONG_CREDENTIALS")
        await self._locks.passed(counter)
        if not found.is_active:
            raise MeshError("SESSION_BLOCKED")
        if found.has_places and not found.at_home:
            await self._security("new_place", "CreateSession", found.home.account_id, address)
        return await self._begin(found, device, place)

    async def confirm(self, home: Home, password: str, method: str, address: str) -> Credentials:
        """The credentials of somebody signed in who knows their password; failures lock, as at a login."""
        found = await self._accounts.credentials_of(home)
        counter = confirmation_of(home.account_id)
        await self._locks.check(counter)
        if found is None or not await self._hasher.fits(password, found.password_hash):
            await self._failed(counter, method, home.account_id, address)
            raise MeshError("WRONG_CREDENTIALS")
        await self._locks.passed(counter)
        return found

    async def refresh(self, token: str, address: str) -> Tokens:
        """New tokens for one refresh. One that was exchanged before ends the session: TOKEN_REUSED."""
        session_id = session_of(token)
        if session_id is None:
            raise MeshError("SESSION_EXPIRED")
        fresh = refresh_token(session_id)
        turned = await self._register.rotate(session_id, refresh_hash(token), refresh_hash(fresh), self._rules.seconds)
        if turned.outcome == "rotated":
            return await self._tokens(turned.account_id, session_id, fresh, turned.login)
        if turned.outcome == "reused":
            await self._security("token_reused", "RefreshSession", turned.account_id, address)
            await self._write_down(turned, session_id, "token_reused")
            raise MeshError("TOKEN_REUSED")
        if turned.account_id:
            await self._write_down(turned, session_id, "expired")
        raise MeshError(_REFUSED.get(turned.state, "SESSION_EXPIRED"))

    async def login_name(self, account_id: str, session_id: str) -> str:
        """The login name of a living session's person."""
        return await self._accounts.login_name(account_id, await self._register.login(session_id))

    async def log_out(self, home: Home, session_id: str, reason: str = "logout") -> bool:
        """Ends one session; False when the person has no such session."""
        try:
            theirs = await self._rows.end(home, session_id, reason)
        except MeshError:
            # Its database does not answer: it ends all the same, and the caller is told to say so again.
            if (await self._register.standing(home.account_id, session_id)).state is SessionState.NONE:
                await self._register.end(session_id, SessionState.EXPIRED)
            raise
        if theirs:
            await self.end_living(home.account_id, [session_id], SessionState.EXPIRED)
        return theirs

    async def end_living(
        self, account_id: str, ids: Iterable[str], state: SessionState, but: str | None = None, every: bool = False
    ) -> None:
        """Ends sessions whose rows say that they are over: those of ``ids``, and with ``every`` all but ``but``.

        When Redis does not answer they are ended as soon as it does.
        """
        try:
            for session_id in ids:
                await self._register.end(session_id, state)
            if every:
                await self._register.end_all(account_id, state, but)
        except MeshError:
            self.unsettled = True
            raise

    async def _begin(self, found: Credentials, device: str, place: bytes) -> Tokens:
        # Redis first: a password changed or an account blocked from here on finds this session and ends it; one changed
        # before is seen by the row's transaction.
        owner, session_id = found.home.account_id, str(ULID())
        token = refresh_token(session_id)
        await self._register.start(
            Begun(
                id=session_id,
                account_id=owner,
                shard_id=found.home.shard_id,
                role=found.role,
                refresh=refresh_hash(token),
                login=found.login,
                seconds=self._rules.seconds,
            )
        )
        recorded = False
        try:
            recorded = await self._rows.begin(found, session_id, device, place, self._rules.seconds)
        finally:
            if not recorded:
                await self._register.end(session_id, SessionState.EXPIRED)
        if not recorded:
            raise MeshError("WRONG_CREDENTIALS")
        if self._rules.single:
            await self._end_older(found.home, session_id)
        return await self._tokens(owner, session_id, token, found.login)

    async def _end_older(self, home: Home, session_id: str) -> None:
        over = await self._rows.end_others(home, session_id, "duplicated")
        await self.end_living(home.account_id, over, SessionState.DUPLICATED, session_id, every=True)

    async def _tokens(self, account_id: str, session_id: str, refresh: str, login: bytes) -> Tokens:
        name = await self._accounts.login_name(account_id, login)
        access = self._signer.access(account_id, session_id)
        return Tokens(access, refresh, self._signer.seconds, session_id, account_id, name)

    async def _write_down(self, turned: Rotation, session_id: str, reason: str) -> None:
        """The session is over already; that its database does not answer changes nothing about that."""
        try:
            await self._rows.end(Home(turned.account_id, turned.shard_id), session_id, reason)
        except MeshError as away:
            self.unsettled = True
            telemetry.log().warning("session_end_not_recorded", reason=away.reason.name)

    async def _failed(self, counter: str, method: str, account_id: str, address: str) -> None:
        locked = await self._locks.failed(counter)
        await self._security("failed_login", method, account_id, address)
        if locked:
            await self._security("locked", method, account_id, address)
