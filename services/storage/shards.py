"""The directory: which shards there are, who lives on which, and the way to each.

People are entered in two databases that no transaction spans. A new person's place is reserved first ("pending"), then
their row is written on the shard, then the place is "active". Whatever a crash leaves in between, :meth:`reconcile`
completes or takes back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.mesh import telemetry
from services.mesh.errors import MeshError, NotFound
from services.mesh.settings import Settings
from services.storage import residents
from services.storage.clock import now
from services.storage.engine import global_url
from services.storage.failures import Contended, Unreachable
from services.storage.places import url_of
from services.storage.pools import Pool
from services.storage.remembered import Remembered
from services.storage.residents import Mapping
from services.storage.tables.directory import shard_info
from services.storage.tables.shard import users

MAPPING_SECONDS, MAPPINGS = 300.0, 20_000
SHARDS_SECONDS = 5.0  # after which a change that an operator made to a shard is seen by everybody
UNKNOWN_SECONDS = 1.0  # after which a shard that an operator added is found by whoever needs it
PENDING_FOR = timedelta(seconds=60)
NO_ROOM_RETRY, MOVING_RETRY = 60.0, 2.0
TRIES = 5
PLACE = ("driver", "host", "port", "database_name", "username", "password", "options")

Result = TypeVar("Result")


class Moved(Exception):
    """The person lives on another shard by now."""

    def __init__(self, shard_id: int) -> None:
        super().__init__(f"moved to shard {shard_id}")
        self.shard_id = shard_id


def is_person(owner: str) -> bool:
    """True for an account's id; anonymous owners and those of the house itself have a colon in their names."""
    return bool(owner) and ":" not in owner


class ShardDirectory:
    """Look-ups in the global database, remembered for a while, and a pool of connections for each shard."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._global = Pool(global_url(settings), "global")
        self._pools: dict[int, tuple[tuple[Any, ...], Pool]] = {}
        self._rows: list[Row[Any]] = []
        self._unopened: set[int] = set()
        self._rows_until = 0.0
        self._reading_rows = asyncio.Lock()
        self._mappings: Remembered[str, Mapping] = Remembered(MAPPING_SECONDS, MAPPINGS)

    @property
    def global_engine(self) -> AsyncEngine:
        """The global database itself, for its other tables."""
        return self._global.engine

    # ---- shards ----------------------------------------------------------------------------------------------

    async def ids(self) -> list[int]:
        """All shards, ascending."""
        return [row.id for row in await self.rows()]

    async def active_ids(self) -> list[int]:
        """The shards that take new people, ascending."""
        return [row.id for row in await self.rows() if row.is_active]

    async def rows(self) -> list[Row[Any]]:
        """``shard_info`` as it was at most five seconds ago, or, while the global database is away, as last seen."""
        async with self._reading_rows:
            if time.monotonic() >= self._rows_until:
                try:
                    self._rows = await self._read_rows()
                except MeshError:
                    if not self._rows:
                        raise
                self._rows_until = time.monotonic() + SHARDS_SECONDS
        return self._rows

    def forget_rows(self) -> None:
        """Makes the next look at ``shard_info`` a fresh one; called by whoever has changed it."""
        self._rows_until = 0.0

    async def engine(self, shard_id: int) -> AsyncEngine:
        """The shard's engine, for work that is nobody's in particular. Raises NOT_FOUND when there is no such shard."""
        return (await self._pool(shard_id)).engine

    async def reachable(self, shard_id: int) -> bool:
        """True when the shard answers now."""
        try:
            async with self.reading(shard_id) as connection:
                await connection.execute(select(1))
        except MeshError:
            return False
        return True

    @asynccontextmanager
    async def reading(self, shard_id: int) -> AsyncIterator[AsyncConnection]:
        """A connection for reading. A shard that does not answer raises UNAVAILABLE, soon."""
        pool = await self._pool(shard_id)
        async with pool.reading() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, shard_id: int, owner: str, shared: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction on what belongs to ``owner``, committed at the end.

        A person's own row is locked first, so that their move to another shard waits for this, or this for the move:
        raises MOVING while they move, Moved when they have, NOT_FOUND when there is no such person. ``shared`` lets
        several of one person's transactions go on at once; it is for those that do not change ``users``.
        """
        pool = await self._pool(shard_id)
        async with pool.writing() as connection:
            if is_person(owner):
                await self._admit(connection, shard_id, owner, shared)
            yield connection

    async def look(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Reads in the global database, for what has no name here."""
        async with self._global.reading() as connection:
            return await work(connection)

    async def change(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """One transaction in the global database, begun again when another was in its way."""
        for _ in range(TRIES - 1):
            try:
                async with self._global.writing() as connection:
                    return await work(connection)
            except Contended:
                continue
        async with self._global.writing() as connection:
            return await work(connection)

    async def dispose(self) -> None:
        """Closes every connection."""
        for pool in (self._global, *(pool for _, pool in self._pools.values())):
            await pool.engine.dispose()

    # ---- people ----------------------------------------------------------------------------------------------

    async def mapping(self, account_id: str, fresh: bool = False) -> Mapping | None:
        """Where a person lives; remembered for up to 300 s unless ``fresh``."""
        known = None if fresh else self._mappings.get(account_id)
        if known:
            return known
        async with self._global.reading() as connection:
            return self._remembered(await residents.by_id(connection, account_id), account_id)

    async def by_login(self, login_hash: bytes) -> Mapping | None:
        """Where the person with this login name lives; never remembered, so that it tells nothing by its speed."""
        async with self._global.reading() as connection:
            return await residents.by_login(connection, login_hash)

    async def reserve(self, account_id: str, login_hash: bytes) -> int:
        """Reserves a place on the active shard with most room. Raises ALREADY_EXISTS when the name is taken, NO_ROOM.

        A shard that has just been unreachable comes last.
        """

        async def work(connection: AsyncConnection) -> int:
            shard_id = await residents.settle(connection, account_id, login_hash, candidates)
            if shard_id is None:
                raise MeshError("NO_ROOM", retry_after=NO_ROOM_RETRY)
            return shard_id

        for attempt in range(TRIES):
            candidates = self._by_room(await self._read_rows())
            try:
                return await self.change(work)
            except IntegrityError:
                raise MeshError("ALREADY_EXISTS") from None
            except MeshError as refused:
                if refused.reason.name != "NO_ROOM" or not candidates or attempt == TRIES - 1:
                    raise
        raise MeshError("NO_ROOM", retry_after=NO_ROOM_RETRY)

    async def activate(self, account_id: str) -> None:
        """The person's row is on the shard. Raises CONFLICT when the reservation has been taken back meanwhile."""
        await self.change(lambda connection: residents.activate(connection, account_id))
        self._mappings.drop(account_id)

    async def release(self, account_id: str) -> None:
        """Removes the person from the directory; fine when they are not in it."""
        await self.change(lambda connection: residents.release(connection, account_id))
        self._mappings.drop(account_id)

    async def set_state(self, account_id: str, state: str, shard_id: int | None = None) -> None:
        """Changes a person's state, and their shard when one is given. Raises NOT_FOUND."""
        await self.change(lambda connection: residents.change(connection, account_id, state, shard_id))
        self._mappings.drop(account_id)

    async def reconcile(self) -> None:
        """Completes or takes back what was left pending, and counts again who lives where."""
        async with self._global.reading() as connection:
            left = await residents.unfinished(connection, now() - PENDING_FOR)
        for account_id, shard_id in left:
            try:
                await self._finish(account_id, shard_id)
            except MeshError as refused:  # its shard is away: another time
                telemetry.log().info("registration_left_pending", reason=refused.reason.name)
        for shard_id in await self.ids():
            await self._recount(shard_id)

    async def _finish(self, account_id: str, shard_id: int) -> None:
        """A reservation that nobody works on any more: kept when the shard has the person, else taken back."""
        known = select(users.c.id).where(users.c.id == account_id)
        async with self.reading(shard_id) as connection:
            there = await connection.scalar(known) is not None
        if there:
            await self.activate(account_id)
        else:
            await self.change(lambda connection: residents.release(connection, account_id, residents.PENDING))
        self._mappings.drop(account_id)

    async def _recount(self, shard_id: int) -> None:
        await self.change(lambda connection: residents.recount(connection, shard_id))

    # ---- within ----------------------------------------------------------------------------------------------

    async def _admit(self, connection: AsyncConnection, shard_id: int, owner: str, shared: bool) -> None:
        row = select(users.c.state).where(users.c.id == owner).with_for_update(read=shared)
        state = await connection.scalar(row)
        if state == "moving":
            raise MeshError("MOVING", retry_after=MOVING_RETRY)
        if state is None:
            lives = await self.mapping(owner, fresh=True)
            if lives is None or lives.shard_id == shard_id:
                raise NotFound("account_id")
            raise Moved(lives.shard_id)

    async def _pool(self, shard_id: int) -> Pool:
        row = await self._row(shard_id)
        place = tuple(getattr(row, name) for name in PLACE)
        known_place, pool = self._pools.get(shard_id, (None, None))
        if pool is not None and known_place == place:
            return pool
        self._pools[shard_id] = (place, self._opened(row))
        if pool is not None:
            await pool.engine.dispose()
        return self._pools[shard_id][1]

    async def _row(self, shard_id: int) -> Row[Any]:
        """The shard's row; of one that is not known yet, looked for again at most once a second."""
        row = _with_id(await self.rows(), shard_id)
        if row is None and self._rows_until - time.monotonic() < SHARDS_SECONDS - UNKNOWN_SECONDS:
            self.forget_rows()
            row = _with_id(await self.rows(), shard_id)
        if row is None:
            raise NotFound("shard_id")
        return row

    def _opened(self, row: Row[Any]) -> Pool:
        try:
            return Pool(url_of(row._asdict(), self._settings), f"shard {row.id}")
        except LookupError:  # its password is not where the row says
            self._unopened.add(row.id)
            telemetry.log().error("shard_password_missing", stage=f"shard {row.id}")
            raise Unreachable from None

    async def _read_rows(self) -> list[Row[Any]]:
        async with self._global.reading() as connection:
            return list((await connection.execute(select(shard_info).order_by(shard_info.c.id))).all())

    def _by_room(self, rows: list[Row[Any]]) -> list[int]:
        """Ids of the shards that have room, the most first; those that do not answer at the end."""
        open_ones = [row for row in rows if row.is_active and row.current_users < row.max_users]
        open_ones.sort(key=lambda row: (self._resting(row.id), row.current_users - row.max_users, row.id))
        return [row.id for row in open_ones]

    def _resting(self, shard_id: int) -> bool:
        _, pool = self._pools.get(shard_id, (None, None))
        return shard_id in self._unopened if pool is None else pool.resting

    def _remembered(self, found: Mapping | None, account_id: str) -> Mapping | None:
        if found is None:
            self._mappings.drop(account_id)
            return None
        return self._mappings.put(account_id, found)


def _with_id(rows: list[Row[Any]], shard_id: int) -> Row[Any] | None:
    return next((row for row in rows if row.id == shard_id), None)
