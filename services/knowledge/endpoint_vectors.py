"""Vectors of an index's texts from an endpoint: in batches, again when it fails in passing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import numpy as np

from services.knowledge.analysis import Analysed
from services.knowledge.embedding import Ask, Matrix, unit
from services.llm.failure import PASSING, Kind, ModelFailed

# Texts of a request, until the endpoint turns out to take fewer; requests at once; characters of a text that are read.
_BATCH, _AT_ONCE, _READ = 64, 4, 2000
# A text that is shorter than this many characters is too long for no model.
_SHORTEST = 64
# Seconds before each further attempt, and the most an endpoint may ask for.
PAUSES, _LONGEST_PAUSE = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0), 60.0
_AGAIN = PASSING | {Kind.WITHHELD, Kind.FIRST_TEXT_LATE}
_IN_PARTS = frozenset({Kind.REJECTED, Kind.TOO_MUCH, Kind.CONTEXT_TOO_LONG})


class EndpointVectors:
    """An embedder that asks ``ask``, from a thread without an event loop. Raises :class:`ModelFailed`."""

    def __init__(self, name: str, ask: Ask, pauses: Sequence[float] = PAUSES) -> None:
        self.name, self.dimensions = name, 0
        self._ask, self._pauses, self._size = ask, pauses, _BATCH
        self._runner, self._turn = asyncio.Runner(), asyncio.Semaphore(_AT_ONCE)

    def embed(self, texts: Sequence[Analysed]) -> Matrix:
        """One unit vector a text."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        matrix = unit(self._runner.run(self._all([text.text[:_READ] for text in texts])))
        self.dimensions = matrix.shape[1]
        return matrix

    def close(self, after: Coroutine[Any, Any, None]) -> None:
        """Ends its event loop, once ``after`` has closed there what was opened there."""
        self._runner.run(after)
        self._runner.close()

    async def _all(self, texts: list[str]) -> list[list[float]]:
        batches = [texts[begin : begin + self._size] for begin in range(0, len(texts), self._size)]
        found = await asyncio.gather(*map(self._batch, batches))
        return [vector for batch in found for vector in batch]

    async def _batch(self, texts: list[str]) -> list[list[float]]:
        """Their vectors. What is too much at once is asked for in halves; a single text that is too long, by half."""
        try:
            return await self._insisting(texts)
        except ModelFailed as failed:
            if failed.kind not in _IN_PARTS:
                raise
            if len(texts) > 1:
                return await self._halves(texts, failed.kind)
            if failed.kind is not Kind.CONTEXT_TOO_LONG or len(texts[0]) < _SHORTEST:
                raise
        return await self._batch([texts[0][: len(texts[0]) // 2]])

    async def _halves(self, texts: list[str], why: Kind) -> list[list[float]]:
        middle = len(texts) // 2
        if why is not Kind.CONTEXT_TOO_LONG:
            self._size = min(self._size, middle)
        return [*await self._batch(texts[:middle]), *await self._batch(texts[middle:])]

    async def _insisting(self, texts: list[str]) -> list[list[float]]:
        for pause in self._pauses:
            try:
                return await self._once(texts)
            except ModelFailed as failed:
                asked_for = failed.retry_after or 0.0
                if failed.kind not in _AGAIN or asked_for > _LONGEST_PAUSE:
                    raise
                await asyncio.sleep(max(pause, asked_for))
        return await self._once(texts)

    async def _once(self, texts: list[str]) -> list[list[float]]:
        async with self._turn:
            return await self._ask(texts)
