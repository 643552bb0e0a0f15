"""The shards of a deployment as operators look after them: listed, added, drained."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.mesh.errors import InvalidField, MeshError, NotFound, Violation
from services.mesh.settings import Settings
from services.storage.engine import open_engine
from services.storage.failures import Unreachable, typed
from services.storage.migrate import migrate
from services.storage.places import password_behind, place_of
from services.storage.shards import ShardDirectory
from services.storage.tables.directory import shard_info
from services.storage.tables.shard import users

REACH_SECONDS, MIGRATE_SECONDS = 3.0, 50.0
ROOM = 10_000
DRIVERS = ("sqlite+aiosqlite", "mysql+aiomysql", "mariadb+aiomysql")
SECRETS = {"password", "passwd"}


@dataclass(frozen=True, slots=True)
class Shard:
    """A row of ``shard_info``, and whether the database answers now."""

    row: Row[Any]
    reachable: bool


class ShardStore:
    """Changes are seen by every process within five seconds."""

    def __init__(self, settings: Settings, directory: ShardDirectory) -> None:
        self._settings, self._directory = settings, directory

    async def all(self) -> list[Shard]:
        self._directory.forget_rows()
        rows = await self._directory.rows()
        reached = await asyncio.gather(*(self._reachable(row.id) for row in rows))
        return [Shard(row, answers) for row, answers in zip(rows, reached, strict=True)]

    async def drain(self, shard_id: int, undo: bool) -> Shard:
        """Lets a shard take no new accounts, or lets it again."""

        async def work(connection: AsyncConnection) -> int:
            where = shard_info.c.id == shard_id
            return (await connection.execute(update(shard_info).where(where).values(is_active=undo))).rowcount

        if not await self._directory.change(work):
            raise NotFound("id")
        return await self._one(shard_id)

    async def add(self, url: str, password_ref: str, most: int) -> Shard:
        """Migrates an empty database and takes it in. Raises INVALID_FIELD when it cannot be a shard, UNAVAILABLE."""
        target = self._target(url)
        place = place_of(target, self._settings, password_ref)
        if await self._directory.look(lambda connection: _taken(connection, place)):
            raise InvalidField("url", "is a shard already")
        await self._prepare(self._opened(target, password_ref))

        async def work(connection: AsyncConnection) -> int:
            row = {**place, "is_active": True, "max_users": most or ROOM, "current_users": 0}
            made = await connection.execute(insert(shard_info).values(row))
            return int((made.inserted_primary_key or [0])[0])

        try:
            shard_id = await self._directory.change(work)
        except IntegrityError:
            raise InvalidField("url", "is a shard already") from None
        return await self._one(shard_id)

    async def _one(self, shard_id: int) -> Shard:
        return next(shard for shard in await self.all() if shard.row.id == shard_id)

    async def _reachable(self, shard_id: int) -> bool:
        try:
            return await asyncio.wait_for(self._directory.reachable(shard_id), REACH_SECONDS)
        except TimeoutError:
            return False

    def _target(self, url: str) -> URL:
        try:
            target = make_url(url)
        except ArgumentError:
            raise InvalidField("url", "is no SQLAlchemy URL") from None
        if target.drivername not in DRIVERS:
            raise InvalidField("url", f"must begin with one of {', '.join(DRIVERS)}")
        if target.password or SECRETS & set(target.query):
            raise InvalidField("url", "must hold no password: password_ref says where it is found")
        if not target.database or target.database == ":memory:":
            raise InvalidField("url", "names no database")
        if target.get_backend_name() == "sqlite":
            return target.set(database=str(self._settings.data_dir / target.database))
        return target

    def _opened(self, target: URL, password_ref: str) -> URL:
        try:
            password = password_behind(password_ref, self._settings)
        except LookupError:
            raise InvalidField("password_ref", "leads to no password on the machine of the account service") from None
        return target.set(password=password) if password else target

    async def _prepare(self, target: URL) -> None:
        """A database that holds people is somebody else's shard."""
        try:
            async with typed("new shard", MIGRATE_SECONDS):
                await migrate("shard", target)
                if await _inhabited(target):
                    raise InvalidField("url", "holds accounts already")
        except Unreachable as away:
            raise MeshError("UNAVAILABLE", [Violation("url", "does not answer, or lets nobody in")]) from away


async def _taken(connection: AsyncConnection, place: dict[str, Any]) -> bool:
    where = [shard_info.c[name] == place[name] for name in ("host", "port", "database_name")]
    return await connection.scalar(select(shard_info.c.id).where(*where)) is not None


async def _inhabited(target: URL) -> bool:
    engine = open_engine(target)
    try:
        async with engine.connect() as connection:
            return await connection.scalar(select(func.min(users.c.id))) is not None
    finally:
        await engine.dispose()
