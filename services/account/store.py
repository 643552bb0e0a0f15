"""Every query about accounts and consents. Personal columns are sealed here and opened here."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from medichain.specialist.v1 import specialist_pb2
from services.account import consents
from services.account.login_names import normal
from services.account.profile import phone_digits
from services.account.records import Account, Credentials, Decision, Health, Home, Profile
from services.mesh.errors import MeshError, NotFound
from services.mesh.people import Role
from services.storage.cipher import FieldCipher, Keyring
from services.storage.clock import now
from services.storage.failures import typed
from services.storage.shards import Moved, ShardDirectory
from services.storage.tables.directory import user_shard_mapping
from services.storage.tables.shard import consent, known_place, session, users

T = TypeVar("T")
KNOWN_PLACE_DAYS = 90
# A place seen within this time is not written down again at every login.
SEEN_AGAIN = timedelta(hours=6)
GLOBAL_SECONDS, ERASED_AT_ONCE = 5.0, 100
# Stands where an unknown name has no account: the same queries are made for nobody as for somebody.
NOBODY = "0" * 26


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be. ``login`` is the name as typed."""

    account_id: str
    login: str
    login_hash: bytes
    password_hash: str
    profile: Profile
    decisions: tuple[Decision, ...] = ()


class AccountStore:
    """People's accounts on their shards."""

    def __init__(self, directory: ShardDirectory, keyring: Keyring) -> None:
        self.directory, self.keyring = directory, keyring

    # ---- finding ---------------------------------------------------------------------------------------------

    async def login_hash(self, name: str) -> bytes:
        """The keyed hash under which a login name is found, however it is spelled."""
        return await self.keyring.lookup_hash("login", normal(name))

    async def home(self, account_id: str) -> Home | None:
        """Where a living account is now; None when there is none, or it is being made or erased."""
        mapping = await self.directory.mapping(account_id, fresh=True)
        return Home(account_id, mapping.shard_id) if mapping and mapping.state in ("active", "moving") else None

    async def home_of_login(self, name: str) -> Home | None:
        """The same by login name."""
        mapping = await self.directory.by_login(await self.login_hash(name))
        return Home(mapping.user_id, mapping.shard_id) if mapping and mapping.state in ("active", "moving") else None

    async def credentials(self, login_hash: bytes, place: bytes) -> Credentials | None:
        """What a login is judged by. An unknown name costs the same queries, on a shard picked by its hash."""
        mapping = await self.directory.by_login(login_hash)
        if mapping and mapping.state in ("active", "moving"):
            return await self._credentials(Home(mapping.user_id, mapping.shard_id), place)
        shards = await self.directory.ids()
        return await self._credentials(Home(NOBODY, shards[login_hash[0] % len(shards)]), place)

    async def credentials_of(self, home: Home) -> Credentials | None:
        """The same for somebody who is signed in, wherever they live by now."""
        found = await self._credentials(home, b"")
        moved = None if found else await self.home(home.account_id)
        return await self._credentials(moved, b"") if moved and moved != home else found

    async def being_erased(self, before: datetime) -> list[Home]:
        """Accounts whose erasure began before then and is not finished."""
        wanted = select(user_shard_mapping.c.user_id, user_shard_mapping.c.shard_id)
        wanted = wanted.where(user_shard_mapping.c.state == "erasing", user_shard_mapping.c.updated_at < before)
        async with typed("global", GLOBAL_SECONDS), self.directory.global_engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(user_shard_mapping.c.updated_at).limit(ERASED_AT_ONCE))
        return [Home(row.user_id, row.shard_id) for row in rows]

    async def _credentials(self, home: Home, place: bytes) -> Credentials | None:
        since = now() - timedelta(days=KNOWN_PLACE_DAYS)
        theirs = (known_place.c.user_id == users.c.id, known_place.c.last_seen > since)
        visited = select(known_place.c.place).where(*theirs)
        columns = (users.c.password_hash, users.c.login, users.c.is_active, users.c.role)
        here = select(known_place.c.last_seen).where(*theirs, known_place.c.place == place)
        places = (here.scalar_subquery().label("last_here"), exists(visited).label("has_places"))
        wanted = select(*columns, *places).where(users.c.id == home.account_id)
        async with self.directory.reading(home.shard_id) as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            return None
        at_home, fresh = row.last_here is not None, bool(row.last_here and row.last_here > now() - SEEN_AGAIN)
        flags = (bool(row.is_active), row.role, at_home, fresh, bool(row.has_places))
        return Credentials(home, row.password_hash, row.login, *flags)

    # ---- making ----------------------------------------------------------------------------------------------

    async def create(self, account: NewAccount, shard_id: int) -> None:
        """Writes a person's row and their first consents, in one transaction."""
        cipher = await self.keyring.cipher(account.account_id)
        at = now()
        row = {
            "id": account.account_id,
            "login": cipher.seal(account.login.encode(), "users", "login", account.account_id),
            "login_hash": account.login_hash,
            "password_hash": account.password_hash,
            "created_at": at,
            "updated_at": at,
            **await self._sealed(cipher, account.account_id, account.profile),
        }
        async with self.directory.writing(shard_id, "") as connection:
            await connection.execute(insert(users).values(row))
            await _add_decisions(connection, account.account_id, account.decisions)

    # ---- reading ---------------------------------------------------------------------------------------------

    async def account(self, home: Home) -> Account:
        """The account. Raises UNAUTHENTICATED when there is none any more."""
        cipher = await self.cipher(home.account_id)
        row, decisions = await self._read(home, _account_rows)
        if row is None:
            raise MeshError("UNAUTHENTICATED")
        return _opened(row, cipher, consents.newest(map(_decision, decisions)))

    async def decisions(self, home: Home) -> list[Decision]:
        """Every decision, newest first."""
        _, rows = await self._read(home, _account_rows)
        return [_decision(row) for row in reversed(rows)]

    async def login_name(self, account_id: str, sealed: bytes) -> str:
        """The login name as typed, from the account's row."""
        cipher = await self.keyring.existing(account_id)
        return cipher.open(sealed, "users", "login", account_id).decode() if cipher and sealed else ""

    # ---- changing --------------------------------------------------------------------------------------------

    async def change(
        self,
        home: Home,
        changing: Callable[[Account], tuple[Profile, Sequence[Decision]]],
    ) -> Account:
        """Lets ``changing`` turn the account as it stands into a profile and decisions to add; writes both at once."""
        cipher = await self.cipher(home.account_id)

        async def work(connection: AsyncConnection) -> Account:
            row, rows = await _account_rows(connection, home.account_id)
            if row is None:
                raise MeshError("UNAUTHENTICATED")
            before = _opened(row, cipher, consents.newest(map(_decision, rows)))
            profile, decisions = changing(before)
            values = {**await self._sealed(cipher, home.account_id, profile), "updated_at": now()}
            await connection.execute(update(users).where(users.c.id == home.account_id).values(values))
            await _add_decisions(connection, home.account_id, decisions)
            row, rows = await _account_rows(connection, home.account_id)
            return _opened(row, cipher, consents.newest(map(_decision, rows)))

        return await self.write(home, work)

    async def set_password(self, home: Home, before: str, after: str, keep_session: str) -> list[str] | None:
        """Replaces a password hash and ends the other sessions' rows, whose ids are returned.

        None when the password was changed by somebody else meanwhile.
        """

        async def work(connection: AsyncConnection) -> list[str] | None:
            changed = await connection.execute(
                update(users)
                .where(users.c.id == home.account_id, users.c.password_hash == before)
                .values(password_hash=after, updated_at=now())
            )
            if not changed.rowcount:
                return None
            return await end_rows(connection, home.account_id, "password_changed", but=keep_session)

        return await self.write(home, work)

    async def set_active(self, home: Home, active: bool) -> list[str]:
        """Blocks or unblocks an account; returns the ids of the sessions whose rows were ended."""

        async def work(connection: AsyncConnection) -> list[str]:
            values = {"is_active": active, "updated_at": now()}
            await connection.execute(update(users).where(users.c.id == home.account_id).values(values))
            return [] if active else await end_rows(connection, home.account_id, "blocked")

        return await self.write(home, work)

    async def set_role(self, home: Home, role: Role) -> list[str]:
        """Changes what an account may do. One that may do less has its sessions ended; returns their ids."""

        async def work(connection: AsyncConnection) -> list[str]:
            changing = update(users).where(users.c.id == home.account_id, users.c.role != role)
            changed = await connection.execute(changing.values(role=role, updated_at=now()))
            less = changed.rowcount and role != "operator"
            return await end_rows(connection, home.account_id, "expired") if less else []

        return await self.write(home, work)

    async def erase(self, home: Home) -> None:
        """Deletes every row of this domain that is the person's. Done twice, it does no harm."""
        owner = home.account_id
        async with self.directory.writing(home.shard_id, "") as connection:
            for table in (consent, session, known_place):
                await connection.execute(delete(table).where(table.c.user_id == owner))
            await connection.execute(delete(users).where(users.c.id == owner))

    async def forget_old_places(self, shard_id: int) -> None:
        """Places nobody has come from for a long time are strange again."""
        before = now() - timedelta(days=KNOWN_PLACE_DAYS)
        async with self.directory.writing(shard_id, "") as connection:
            await connection.execute(delete(known_place).where(known_place.c.last_seen < before))

    async def cipher(self, account_id: str) -> FieldCipher:
        """The cipher of an account that is there. Raises UNAUTHENTICATED when it has been erased: none is made anew."""
        cipher = await self.keyring.existing(account_id)
        if cipher is None:
            raise MeshError("UNAUTHENTICATED")
        return cipher

    # ---- how ------------------------------------------------------------------------------------------------

    async def write(self, home: Home, work: Callable[[AsyncConnection], Awaitable[T]], follow: bool = True) -> T:
        """Does ``work`` in a transaction on the person's shard, also when they have moved since ``home`` was read.

        Raises UNAUTHENTICATED when there is no such person any more, MOVING while they move, or, unless they are to be
        followed there, when they have moved.
        """
        try:
            async with self.directory.writing(home.shard_id, home.account_id) as connection:
                return await work(connection)
        except Moved as moved:
            if not follow:
                raise MeshError("MOVING", retry_after=1) from None
            async with self.directory.writing(moved.shard_id, home.account_id) as connection:
                return await work(connection)
        except NotFound:
            raise MeshError("UNAUTHENTICATED") from None

    async def _read(
        self, home: Home, work: Callable[[AsyncConnection, str], Awaitable[tuple[Any, Sequence[Any]]]]
    ) -> tuple[Any, Sequence[Any]]:
        async with self.directory.reading(home.shard_id) as connection:
            row, rows = await work(connection, home.account_id)
        if row is not None:
            return row, rows
        now_at = await self.home(home.account_id)
        if now_at is None or now_at.shard_id == home.shard_id:
            return None, []
        async with self.directory.reading(now_at.shard_id) as connection:
            return await work(connection, home.account_id)

    async def _sealed(self, cipher: FieldCipher, account_id: str, profile: Profile) -> dict[str, Any]:
        """The personal columns of a profile; what was not told is NULL."""
        plain = {
            "name": profile.name.encode(),
            "email": profile.email.encode(),
            "phone": profile.phone.encode(),
            "birth_date": profile.birth_date.isoformat().encode() if profile.birth_date else b"",
            "gender": profile.gender.encode(),
            "health": _packed(profile.health),
            "saved_clinics": _listed(profile.saved_clinics),
        }
        sealed: dict[str, Any] = {
            column: cipher.seal(value, "users", column, account_id) if value else None
            for column, value in plain.items()
        }
        sealed["email_hash"] = await self._lookup("email", profile.email.casefold())
        sealed["phone_hash"] = await self._lookup("phone", phone_digits(profile.phone))
        return sealed

    async def _lookup(self, kind: str, text: str) -> bytes | None:
        return await self.keyring.lookup_hash(kind, text) if text else None


async def end_rows(connection: AsyncConnection, account_id: str, reason: str, but: str = "") -> list[str]:
    """Ends the rows of an account's living sessions and returns their ids."""
    living = (session.c.user_id == account_id, session.c.ended_at.is_(None), session.c.id != but)
    ids = list(await connection.scalars(select(session.c.id).where(*living)))
    if ids:
        ending = update(session).where(session.c.user_id == account_id, session.c.id.in_(ids))
        await connection.execute(ending.values(ended_at=now(), end_reason=reason))
    return ids


async def _account_rows(connection: AsyncConnection, account_id: str) -> tuple[Row[Any] | None, Sequence[Row[Any]]]:
    row = (await connection.execute(select(users).where(users.c.id == account_id))).first()
    wanted = select(consent).where(consent.c.user_id == account_id).order_by(consent.c.id)
    return row, (await connection.execute(wanted)).all()


async def _add_decisions(connection: AsyncConnection, account_id: str, decisions: Iterable[Decision]) -> None:
    given = list(decisions)
    # Ids of one moment are in no order of their own; sorted, they keep the order the decisions were given in.
    ids = sorted(str(ULID()) for _ in given)
    rows = [
        {
            "id": row_id,
            "user_id": account_id,
            "kind": decision.kind,
            "granted": decision.granted,
            "version": decision.version,
            "recorded_at": decision.recorded_at,
        }
        for row_id, decision in zip(ids, given, strict=True)
    ]
    if rows:
        await connection.execute(insert(consent), rows)


def _decision(row: Any) -> Decision:
    return Decision(row.kind, bool(row.granted), row.version, row.recorded_at)


def _opened(row: Any, cipher: FieldCipher, decisions: tuple[Decision, ...]) -> Account:
    def plain(column: str) -> bytes:
        sealed = getattr(row, column)
        return cipher.open(sealed, "users", column, row.id) if sealed else b""

    birth_date = plain("birth_date").decode()
    profile = Profile(
        name=plain("name").decode(),
        email=plain("email").decode(),
        phone=plain("phone").decode(),
        birth_date=date.fromisoformat(birth_date) if birth_date else None,
        gender=plain("gender").decode(),
        health=_unpacked(plain("health")),
        saved_clinics=tuple(json.loads(plain("saved_clinics") or b"[]")),
    )
    return Account(
        account_id=row.id,
        login=plain("login").decode(),
        profile=profile,
        role=row.role,
        is_active=bool(row.is_active),
        created_at=row.created_at,
        updated_at=row.updated_at,
        last_login=row.last_login,
        consents=decisions,
    )


def _packed(health: Health) -> bytes:
    kept = specialist_pb2.Profile(
        pregnancy=health.pregnancy,  # type: ignore[arg-type]
        allergies=health.allergies,
        conditions=health.conditions,
        medicines=health.medicines,
    )
    return kept.SerializeToString()


def _unpacked(packed: bytes) -> Health:
    kept = specialist_pb2.Profile.FromString(packed)
    return Health(kept.pregnancy, tuple(kept.allergies), tuple(kept.conditions), tuple(kept.medicines))


def _listed(items: Sequence[str]) -> bytes:
    return json.dumps(items, ensure_ascii=False).encode() if items else b""
