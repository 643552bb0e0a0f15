"""What is looked after beside the calls: interrupted registrations and erasures, sessions that ended, a Redis that came
back with older data."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from services.account.erasure import Eraser
from services.account.session_store import SessionStore
from services.account.sessions import STATE_OF_REASON, Sessions
from services.account.store import AccountStore
from services.mesh import telemetry
from services.mesh.errors import CallFailed, MeshError
from services.mesh.people import SessionState
from services.storage.clock import now as utc_now
from services.storage.sessions import SessionRegister

SWEEP_SECONDS, LOOK_SECONDS = 60.0, 1.0
# What is younger may still be under way in the call that began it.
INTERRUPTED = timedelta(seconds=60)


class Upkeep:
    """The sweep, once a minute."""

    def __init__(self, store: AccountStore, rows: SessionStore, register: SessionRegister, eraser: Eraser, life: int):
        self._store, self._rows, self._register = store, rows, register
        self._eraser, self._life = eraser, life

    async def run(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Each part by itself: a shard that does not answer keeps nobody else waiting."""
        await _attempted("registrations", self._store.directory.reconcile)
        await _attempted("erasures", self.finish_erasures)
        for shard_id in await self._shards():
            await _attempted("sessions", self.settle_sessions, shard_id)
            await _attempted("places", self._store.forget_old_places, shard_id)
            await _attempted("old_sessions", self._rows.forget_old, shard_id)

    async def finish_erasures(self) -> None:
        """Erases what a crash or an absent service has left half erased."""
        for home in await self._store.being_erased(utc_now() - INTERRUPTED):
            await _attempted("erasure", self._eraser.finish, home)

    async def settle_sessions(self, shard_id: int) -> None:
        """Writes down which sessions have expired, as Redis, whose clock counts, knows it."""
        overdue = await self._rows.overdue(shard_id)
        longer = set(await self._register.living(overdue)) if overdue else set()
        if overdue:
            over = [session for session in overdue if session not in longer]
            await self._rows.settle(shard_id, over, sorted(longer), self._life)

    async def _shards(self) -> list[int]:
        try:
            return list(await self._store.directory.ids())
        except MeshError:
            return []


class Reconciler:
    """Ends again what the databases say has ended, when Redis was started anew, perhaps from an older snapshot.

    It also does so once at its own start, and after Redis did not answer when a session was ended.
    """

    def __init__(self, store: AccountStore, rows: SessionStore, register: SessionRegister, people: Sessions, life: int):
        self._store, self._rows, self._register, self._people = store, rows, register, people
        self._life = timedelta(seconds=life)
        self._seen, self._behind = "", set[int]()

    async def run(self) -> None:
        while True:
            await _attempted("reconcile", self.look)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """One look at Redis; shards that did not answer the last time are asked again."""
        incarnation = await self._register.incarnation()
        if incarnation != self._seen or self._people.unsettled:
            self._people.unsettled = False
            self._behind = set(await self._store.directory.ids())
            self._seen = incarnation
        for shard_id in sorted(self._behind):
            await self.end_again(shard_id)
            self._behind.discard(shard_id)

    async def end_again(self, shard_id: int) -> None:
        """Ends in Redis every session of the shard that ended as long ago as a session may live."""
        since, after = utc_now() - self._life, None
        while ended := await self._rows.ended_since(shard_id, since, after):
            for session_id in await self._register.living([entry.id for entry in ended]):
                reason = next(entry.reason for entry in ended if entry.id == session_id)
                await self._register.end(session_id, STATE_OF_REASON.get(reason, SessionState.EXPIRED))
            after = (ended[-1].ended_at, ended[-1].id)


async def _attempted(what: str, work: object, *arguments: object) -> None:
    """Does a part of the upkeep; when something it needs is away, the next round tries again."""
    try:
        await work(*arguments)  # type: ignore[operator]
    except (MeshError, CallFailed) as away:
        telemetry.log().warning("upkeep_put_off", stage=what, reason=away.reason.name)
