"""Answers that are being written in this process, and those who read them.

An answer is written by a task of its own, whoever reads it. When its last reader leaves it ends at once; a resumable
one is given some seconds, in which a reader may come back to the event after the last it has seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.mesh.errors import CATALOG, MeshError

GRACE_SECONDS = 15.0
Noted = Callable[[pb.AskResponse], Awaitable[None]]
Elsewhere = Callable[[], Awaitable[bool]]


async def _nobody() -> bool:
    return False


class Run:
    """One answer being written. ``grace`` is how long, in seconds, it goes on without a reader."""

    def __init__(self, exchange_id: str, owner: str, grace: float = 0.0, read_elsewhere: Elsewhere = _nobody) -> None:
        self.exchange_id, self.owner = exchange_id, owner
        self._grace, self._read_elsewhere = grace, read_elsewhere
        self._events: list[pb.AskResponse] = []
        self._changed = asyncio.Event()
        self._readers, self._ended, self._stopped, self._cancelled = 0, False, False, False
        self._task: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    def start(self, events: AsyncGenerator[pb.AskResponse, None], noted: Noted | None = None) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._write(events, noted))
        return self._task

    async def read(self, after: int = -1) -> AsyncIterator[pb.AskResponse]:
        """The events after number ``after``, as they come, to the last one; who has seen that gets it once more."""
        self._readers += 1
        if self._leaving:
            self._leaving.cancel()
        try:
            position = max(0, min(after + 1, len(self._events) - 1)) if self._ended else after + 1
            while True:
                changed = self._changed
                while position < len(self._events):
                    yield self._events[position]
                    position += 1
                if self._ended:
                    break
                await changed.wait()
            if self._failure:
                raise self._failure
        finally:
            self._readers -= 1
            if not self._readers and not self._ended:
                self._left()

    def stop(self) -> None:
        """Ends the answer where it is; its readers get a last event that says so."""
        self._stopped = True
        self.cancel()

    def cancel(self) -> None:
        """Ends the answer; once is enough: what is said so far is being kept then."""
        if self._task and not self._cancelled:
            self._cancelled = True
            self._task.cancel()

    async def ended(self) -> None:
        """Cancels the answer and waits until what was said so far is kept."""
        self.cancel()
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _write(self, events: AsyncGenerator[pb.AskResponse, None], noted: Noted | None) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    await self._say(event, noted)
        except Exception as raised:
            self._failure = raised
        except asyncio.CancelledError:
            if not self._stopped:
                self._failure = MeshError("CANCELLED")
                raise
            await self._say(self._stop_event(), noted)
        finally:
            self._ended = True
            self._wake()

    async def _say(self, event: pb.AskResponse, noted: Noted | None) -> None:
        self._events.append(event)
        self._wake()
        if noted:
            await noted(event)

    def _stop_event(self) -> pb.AskResponse:
        reason = CATALOG["CANCELLED"]
        failed = pb.Failed(error=reason.name, message=reason.message)
        return pb.AskResponse(id=f"{self.exchange_id}/{len(self._events)}", error=failed)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _left(self) -> None:
        if self._grace:
            self._leaving = asyncio.create_task(self._wait_for_a_reader())
        else:
            self.cancel()

    async def _wait_for_a_reader(self) -> None:
        await asyncio.sleep(self._grace)
        if await self._read_elsewhere():
            await self._wait_for_a_reader()
        elif not self._readers:
            self.cancel()


class Runs:
    """The answers being written in this process, by exchange."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}

    def start(self, run: Run, events: AsyncGenerator[pb.AskResponse, None], noted: Noted | None = None) -> Run:
        self._runs[run.exchange_id] = run
        task = run.start(events, noted)
        task.add_done_callback(lambda _: self._runs.pop(run.exchange_id, None))
        return run

    def get(self, exchange_id: str) -> Run | None:
        return self._runs.get(exchange_id)

    async def end(self) -> None:
        """Ends every answer; what was said so far is kept by whoever writes it."""
        runs = list(self._runs.values())
        await asyncio.gather(*(run.ended() for run in runs))
