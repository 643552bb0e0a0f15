"""Moving a person with everything kept for them to another shard, so that nothing is lost or doubled.

A person lives where their mapping says, always on one shard alone. While the mapping's state is "moving" there may be
rows of theirs elsewhere: on the shard they are being copied to, or on the one they have left. Nobody writes for them on
either (``users.state`` is "moving" there) from before the first row is copied until the mapping points to the new shard
and every process knows it. Reads go on.

A move that broke off, at whatever step, ends where the mapping points then: what is elsewhere is taken away, and
writes are let in again. :meth:`Mover.resume`, or the next call, does so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from services.account.move_store import ACTIVE, MOVING, Hold, Lost, MoveStore, Residence
from services.account.records import Home
from services.mesh import telemetry
from services.mesh.errors import MeshError, NotFound, Violation
from services.storage.clock import now
from services.storage.sessions import SessionRegister
from services.storage.shards import ShardDirectory

LOOK_SECONDS = 2.0
# Longer than a process remembers how a session stands: after it nobody looks for the person on their old shard.
SETTLED_SECONDS = 1.0
COPIES = 3

Step = Callable[[str], Awaitable[None]]


async def _unheard(step: str) -> None:
    """Nobody follows the steps."""


class Mover:
    """Moves people. ``step`` is told which step was done; ``life`` is how many seconds a session may last."""

    def __init__(
        self,
        directory: ShardDirectory,
        register: SessionRegister,
        life: int,
        settled_seconds: float = SETTLED_SECONDS,
        step: Step = _unheard,
    ) -> None:
        self._directory, self._store, self._register = directory, MoveStore(directory), register
        self._life, self._settled_seconds, self._step = timedelta(seconds=life), settled_seconds, step
        self._incarnation = ""
        self._moving: set[asyncio.Task[Home]] = set()

    async def move(self, account_id: str, shard_id: int) -> Home:
        """Returns when the person lives there; goes on when the caller does not wait.

        Raises NOT_FOUND, MOVING when another call moves them, PRECONDITION for a shard that takes no accounts, NO_ROOM.
        Whatever it raises: the person is whole, and lives where they lived unless they live on the new shard.
        """
        task = asyncio.ensure_future(self._move(account_id, shard_id))
        self._moving.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    async def run(self) -> None:
        """Looks after moves that broke off, until cancelled."""
        while True:
            for work in (self.resume, self.tell_again):
                try:
                    await work()
                except MeshError as away:
                    telemetry.log().warning("moves_put_off", reason=away.reason.name)
            await asyncio.sleep(LOOK_SECONDS)

    async def resume(self) -> None:
        """Ends every move that nobody works on any more."""
        for left in await self._store.abandoned():
            try:
                await self._end(left)
            except Lost:  # another replica was first
                continue
            except (MeshError, SQLAlchemyError) as problem:  # a shard is away: another time
                telemetry.log().warning("move_left_to_end", error_type=type(problem).__name__)

    async def tell_again(self) -> None:
        """Tells sessions where their people live when Redis was started anew, perhaps with older data."""
        incarnation = await self._register.incarnation()
        if incarnation == self._incarnation:
            return
        since, after = now() - self._life, None
        while found := await self._store.settled_since(since, after):
            await self._tell(found)
            after = found[-1]
        self._incarnation = incarnation

    async def close(self) -> None:
        """Breaks off what is under way; another replica, or the next start, ends it."""
        for task in list(self._moving):
            task.cancel()
        await asyncio.gather(*self._moving, return_exceptions=True)

    # ---- how ------------------------------------------------------------------------------------------------

    async def _move(self, account_id: str, target: int) -> Home:
        found = await self._settled(account_id)
        if found.shard_id == target:
            return Home(account_id, target)
        await self._check(target)
        source, hold = found.shard_id, await self._held(found)
        try:
            await self._bring(hold, source, target)
            await self._complete(hold, [source])
        except Lost:
            await self._outrun(account_id)
            raise MeshError("CONFLICT", retry_after=5.0) from None
        except (MeshError, SQLAlchemyError):
            if hold.shard_id == source:
                await self._take_back(hold, target)
            raise
        return Home(account_id, target)

    async def _bring(self, hold: Hold, source: int, target: int) -> None:
        """Everything up to the moment from which the person lives on the new shard."""
        await self._step("held")
        await self._store.set_state(hold, source, MOVING)
        await self._step("frozen")
        for _ in range(COPIES):
            await self._clear(hold, target)
            await self._step("cleared")
            await self._store.copy(hold, source, target)
            await self._step("copied")
            if await self._store.same(hold, source, target):
                break
        else:
            raise MeshError("CONFLICT", retry_after=5.0)
        await hold.point_to(target)
        await self._step("pointed")

    async def _complete(self, hold: Hold, elsewhere: Iterable[int], moved: bool = True) -> None:
        """The person lives where they are held; what other shards have of them goes."""
        lives = hold.shard_id
        if moved:
            await self._register.move(hold.account_id, lives)
            await self._step("told")
            await asyncio.sleep(self._settled_seconds)
        await self._store.set_state(hold, lives, ACTIVE)
        await self._step("open")
        for shard_id in elsewhere:
            await self._store.hand_over_events(hold, shard_id, lives)
            await self._step("handed over")
            await self._clear(hold, shard_id)
            await self._step("left")
        await hold.release()
        await self._directory.mapping(hold.account_id, fresh=True)

    async def _clear(self, hold: Hold, shard_id: int) -> None:
        await self._store.remove_person(hold, shard_id)
        await self._step("unlisted")
        await self._store.remove_belongings(hold, shard_id)

    async def _take_back(self, hold: Hold, target: int) -> None:
        """The move did not come about: the person goes on where they are. What is left of it is ended later."""
        try:
            await self._complete(hold, [target], moved=False)
        except (MeshError, SQLAlchemyError, Lost) as problem:
            telemetry.log().warning("move_left_to_end", error_type=type(problem).__name__)

    async def _settled(self, account_id: str) -> Residence:
        """Where a person lives who is not being moved; an earlier move that broke off is ended first."""
        found = await self._store.residence(account_id)
        if found and found.state == MOVING:
            if found.held_for:
                raise MeshError("MOVING", retry_after=found.held_for)
            with contextlib.suppress(Lost):
                await self._end(found)
            found = await self._store.residence(account_id)
        if found is None or found.state not in (ACTIVE, MOVING):
            raise NotFound("account")
        return found

    async def _held(self, found: Residence) -> Hold:
        try:
            if found.state == ACTIVE:
                return await self._store.hold(found)
        except Lost:
            pass
        raise MeshError("MOVING", retry_after=2.0)

    async def _end(self, left: Residence) -> None:
        """Ends a move that broke off. Raises Lost when another does."""
        hold = await self._store.hold(left)
        others = [shard_id for shard_id in await self._directory.ids() if shard_id != left.shard_id]
        await self._complete(hold, others)

    async def _outrun(self, account_id: str) -> None:
        """Another ended this move meanwhile: what was told to sessions last may have been told too late."""
        await self._tell(await self._store.residences([account_id]))

    async def _tell(self, people: Sequence[Residence]) -> None:
        """Tells people's sessions where they live; again to those of whom it was not true any more when it was told."""
        while people:
            said = {person.account_id: person.shard_id for person in people}
            for account_id, shard_id in said.items():
                await self._register.move(account_id, shard_id)
            people = [one for one in await self._store.residences(list(said)) if one.shard_id != said[one.account_id]]

    async def _check(self, shard_id: int) -> None:
        self._directory.forget_rows()
        row = next((row for row in await self._directory.rows() if row.id == shard_id), None)
        if row is None:
            raise NotFound("shard_id")
        if not row.is_active:
            raise MeshError("PRECONDITION", [Violation("shard_id", "takes no accounts: it is being drained")])
        if row.current_users >= row.max_users:
            raise MeshError("NO_ROOM", retry_after=60.0)

    def _done(self, task: asyncio.Task[Home]) -> None:
        self._moving.discard(task)
        if not task.cancelled() and task.exception() is not None:
            telemetry.log().info("move_failed", error_type=type(task.exception()).__name__)
