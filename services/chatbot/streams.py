"""The streams of answers: written here, read here or at another replica, stopped from anywhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.journal import Journal
from services.chatbot.ownership import may_touch
from services.chatbot.question import Question
from services.chatbot.running import GRACE_SECONDS, Run, Runs
from services.chatbot.stops import Stops


class Streams:
    """A resumable answer is also kept in the journal; any other lives only in its own process."""

    def __init__(self, runs: Runs, journal: Journal, stops: Stops, grace: float = GRACE_SECONDS) -> None:
        self._runs, self._journal, self._stops, self._grace = runs, journal, stops, grace

    async def write(
        self, question: Question, events: AsyncGenerator[pb.AskResponse, None]
    ) -> AsyncGenerator[pb.AskResponse, None]:
        """Starts the answer and reads it."""
        id, owner = question.exchange_id, question.owner
        if question.resumable:
            await self._journal.begin(id, owner, question.shard_id)
            run = Run(id, owner, self._grace, partial(self._journal.read_elsewhere, id))
            self._runs.start(run, events, partial(self._journal.note, id, owner))
        else:
            run = self._runs.start(Run(id, owner), events)
        async for event in run.read():
            yield event

    async def known(self, exchange_id: str, owner: str) -> bool:
        """Whether the answer is being written, or was a moment ago, and the caller may read it.

        An anonymous answer is its holder's: its id is unguessable.
        """
        run = self._runs.get(exchange_id)
        written = run or await self._journal.written(exchange_id)
        return written is not None and may_touch(written.owner, owner)

    async def read(self, exchange_id: str, after: int) -> AsyncGenerator[pb.AskResponse, None]:
        """The events after number ``after``, from where they are."""
        run = self._runs.get(exchange_id)
        if run:
            async for event in run.read(after):
                yield event
            return
        written = await self._journal.written(exchange_id)
        if written:
            async for event in self._journal.read(exchange_id, written.owner, after):
                yield event

    async def stop(self, exchange_id: str) -> None:
        await self._stops.stop(exchange_id)

    async def end(self) -> None:
        """Ends every answer written here."""
        await self._runs.end()
