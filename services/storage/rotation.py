"""A new master key takes the old one's place.

Steps, each of which leaves everything readable if it is the last: the new key is in the file beside the old one; data
keys are wrapped anew, a batch at a time; no data key needs the old one; the old one leaves the file. Begun again, it
goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mesh.settings import Settings
from services.storage import master_keys as files
from services.storage.cipher import unwrap, wrap
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import MasterKeys
from services.storage.tables.keys import data_key

BATCH = 200


@dataclass(frozen=True, slots=True)
class Rotated:
    """``newest`` wraps all data keys now; ``wrapped`` of them changed; the ``idle`` keys of the file wrap none."""

    newest: str
    wrapped: int
    idle: tuple[str, ...]


async def rotate_master(settings: Settings) -> Rotated:
    """Adds a master key, unless an earlier rotation is to be finished, and wraps every data key with the newest.

    Other processes read the file again when they meet the new key, so it has to reach them: on machines of their own
    put the new file there first. Raises LookupError when a data key is wrapped by a key that is not in the file.
    """
    file = files.key_file(settings)
    engine = open_engine(key_url(settings), "keys")
    try:
        used = await _used(engine)
        if not used or used == {MasterKeys.read(file).newest[0]}:
            files.add(file)
        keys, wrapped = MasterKeys.read(file), 0
        for old in used - {keys.newest[0]}:
            wrapped += await _wrap_anew(engine, keys, old)
        used = await _used(engine)
    finally:
        await engine.dispose()
    return Rotated(keys.newest[0], wrapped, tuple(id for id in keys.ids[:-1] if id not in used))


async def retire(settings: Settings) -> tuple[str, ...]:
    """Takes the master keys that wrap nothing any more out of the file; returns their ids.

    For when every process has met the newest one: a data key made meanwhile by one that had not would be lost.
    """
    file = files.key_file(settings)
    engine = open_engine(key_url(settings), "keys")
    try:
        used = await _used(engine)
    finally:
        await engine.dispose()
    idle = tuple(id for id in MasterKeys.read(file).ids[:-1] if id not in used)
    for id in idle:
        files.remove(file, id)
    return idle


async def _used(engine: AsyncEngine) -> set[str]:
    """Ids of the master keys that wrap data keys, found one after the other in the index."""
    used: set[str] = set()
    async with engine.connect() as connection:
        found = await connection.scalar(select(func.min(data_key.c.master)))
        while found is not None:
            used.add(found)
            found = await connection.scalar(select(func.min(data_key.c.master)).where(data_key.c.master > found))
    return used


async def _wrap_anew(engine: AsyncEngine, keys: MasterKeys, old: str) -> int:
    wanted = select(data_key.c.owner, data_key.c.wrapped).where(data_key.c.master == old)
    wanted, done, after = wanted.order_by(data_key.c.owner).limit(BATCH), 0, ""
    while True:
        async with engine.connect() as connection:
            batch = (await connection.execute(wanted.where(data_key.c.owner > after))).all()
        if not batch:
            return done
        await _write(engine, keys, old, batch)
        done, after = done + len(batch), batch[-1].owner


async def _write(engine: AsyncEngine, keys: MasterKeys, old: str, batch: Sequence[Row[Any, Any]]) -> None:
    """Whoever has been erased meanwhile stays so."""
    id, newest = keys.newest
    where = (data_key.c.owner == bindparam("whose")) & (data_key.c.master == old)
    changing = update(data_key).where(where).values(wrapped=bindparam("anew"), master=id)
    anew = [
        {"whose": row.owner, "anew": wrap(row.owner, unwrap(row.owner, row.wrapped, keys.get(old)), newest)}
        for row in batch
    ]
    async with engine.begin() as connection:
        await connection.execute(changing, anew)
