"""Vectors of questions from an endpoint, within the time of the search that wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from services.knowledge.embedding import Ask, Vector, unit
from services.llm.failure import ModelFailed
from services.mesh.context import current

# Seconds a question's vector may take, and which share of the caller's own time.
PATIENCE, _SHARE = 0.4, 0.6
# Questions on their way at once; more get no vector. And how many are kept for the others who ask about them.
_MOST, _KEPT = 64, 128


class QueryVectors:
    """Asks ``ask`` for a vector at a time, once for all who want it. ``name`` is the embedder's.

    ``may_leave`` tells whether what the present caller wrote may be sent there.
    """

    def __init__(self, name: str, ask: Ask, may_leave: Callable[[], Awaitable[bool]]) -> None:
        self.name = name
        self._ask, self._may_leave = ask, may_leave
        self._known: dict[str, Vector] = {}
        self._coming: dict[str, asyncio.Task[Vector | None]] = {}

    async def of(self, text: str) -> Vector | None:
        """The text's unit vector; None when it cannot be had now, or not in time."""
        try:
            async with asyncio.timeout(_patience()):
                return await self._of(text)
        except TimeoutError:
            return None

    async def close(self) -> None:
        """Ends what is on its way."""
        coming = list(self._coming.values())
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    async def _of(self, text: str) -> Vector | None:
        if text in self._known:
            return self._known[text]
        if len(self._coming) >= _MOST or not await self._may_leave():
            return None
        if text not in self._coming:
            self._coming[text] = asyncio.create_task(self._fetched(text))
        # Who cannot wait leaves it on its way: the next who asks has it.
        return await asyncio.shield(self._coming[text])

    async def _fetched(self, text: str) -> Vector | None:
        try:
            vector: Vector = unit(await self._ask([text]))[0]
        except ModelFailed:
            return None
        finally:
            del self._coming[text]
        while len(self._known) >= _KEPT:
            del self._known[next(iter(self._known))]
        self._known[text] = vector
        return vector


def _patience() -> float:
    remaining = current().remaining()
    return PATIENCE if remaining is None else min(PATIENCE, remaining * _SHARE)
