"""Who lives on which shard, and how many live on each: statements over the directory's tables.

Every transaction touches a person's row before a shard's, so that no two wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.mesh.errors import MeshError, NotFound
from services.storage.clock import now
from services.storage.tables.directory import shard_info, user_shard_mapping

PENDING, ACTIVE, MOVING, ERASING = "pending", "active", "moving", "erasing"

resident = user_shard_mapping


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where a person lives; ``state`` is "pending", "active", "moving" or "erasing"."""

    user_id: str
    shard_id: int
    state: str


async def by_id(connection: AsyncConnection, account_id: str) -> Mapping | None:
    return await _one(connection, resident.c.user_id == account_id)


async def by_login(connection: AsyncConnection, login_hash: bytes) -> Mapping | None:
    return await _one(connection, resident.c.login_hash == login_hash)


async def settle(connection: AsyncConnection, account_id: str, login_hash: bytes, candidates: list[int]) -> int | None:
    """Enters a new person on the first of the shards that has room; None when none has (nothing is kept then).

    Raises IntegrityError when the name is taken.
    """
    began = now()
    row = {"user_id": account_id, "login_hash": login_hash, "shard_id": 0, "state": PENDING}
    await connection.execute(insert(resident).values(**row, created_at=began, updated_at=began))
    for shard_id in candidates:
        has_room = (shard_info.c.id == shard_id) & shard_info.c.is_active
        has_room &= shard_info.c.current_users < shard_info.c.max_users
        if (await connection.execute(update(shard_info).where(has_room).values(_counted(1)))).rowcount:
            where = resident.c.user_id == account_id
            await connection.execute(update(resident).where(where).values(shard_id=shard_id))
            return shard_id
    return None


async def activate(connection: AsyncConnection, account_id: str) -> None:
    """Raises CONFLICT when the reservation has been taken back meanwhile."""
    where = (resident.c.user_id == account_id) & resident.c.state.in_((PENDING, ACTIVE))
    changed = await connection.execute(update(resident).where(where).values(state=ACTIVE, updated_at=now()))
    if not changed.rowcount:
        raise MeshError("CONFLICT")


async def release(connection: AsyncConnection, account_id: str, state: str | None = None) -> bool:
    """Removes a person, when they are in ``state``; False when there was nobody to remove."""
    found = await _locked(connection, account_id)
    if found is None or (state is not None and found.state != state):
        return False
    await connection.execute(delete(resident).where(resident.c.user_id == account_id))
    await connection.execute(update(shard_info).where(shard_info.c.id == found.shard_id).values(_counted(-1)))
    return True


async def change(connection: AsyncConnection, account_id: str, state: str, shard_id: int | None) -> None:
    """Changes a person's state, and their shard when one is given. Raises NOT_FOUND when they are not entered.

    Raises MOVING when somebody is to be erased who is being moved: there may be copies that the erasure would miss.
    """
    found = await _locked(connection, account_id)
    if found is None:
        raise NotFound("account_id")
    if found.state == MOVING and state == ERASING:
        raise MeshError("MOVING", retry_after=2.0)
    there = found.shard_id if shard_id is None else shard_id
    values = {"state": state, "shard_id": there, "updated_at": now()}
    await connection.execute(update(resident).where(resident.c.user_id == account_id).values(values))
    for shard, step in sorted([(found.shard_id, -1), (there, 1)]) if there != found.shard_id else []:
        await connection.execute(update(shard_info).where(shard_info.c.id == shard).values(_counted(step)))


async def unfinished(connection: AsyncConnection, before: datetime, most: int = 500) -> list[tuple[str, int]]:
    """People, and their shards, whose place was reserved before then and is pending still, the oldest first."""
    wanted = select(resident.c.user_id, resident.c.shard_id)
    wanted = wanted.where(resident.c.state == PENDING, resident.c.updated_at < before)
    found = await connection.execute(wanted.order_by(resident.c.updated_at).limit(most))
    return [(row.user_id, row.shard_id) for row in found.all()]


async def recount(connection: AsyncConnection, shard_id: int) -> None:
    """Writes down how many really live on a shard. Who is being entered meanwhile waits for the shard's row."""
    locked = select(shard_info.c.current_users).where(shard_info.c.id == shard_id).with_for_update()
    believed = await connection.scalar(locked)
    counting = select(func.count()).select_from(resident).where(resident.c.shard_id == shard_id)
    counted = await connection.scalar(counting)
    if believed != counted:
        await connection.execute(update(shard_info).where(shard_info.c.id == shard_id).values(current_users=counted))


def _counted(step: int) -> dict[str, Any]:
    return {"current_users": shard_info.c.current_users + step}


async def _locked(connection: AsyncConnection, account_id: str) -> Mapping | None:
    return await _one(connection, resident.c.user_id == account_id, locking=True)


async def _one(connection: AsyncConnection, where: Any, locking: bool = False) -> Mapping | None:
    wanted = select(resident.c.user_id, resident.c.shard_id, resident.c.state).where(where)
    found = (await connection.execute(wanted.with_for_update() if locking else wanted)).first()
    return Mapping(*found) if found else None
