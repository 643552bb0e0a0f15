"""How long a model may take: to its first text, between two texts, and as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from services.llm.failure import Kind, ModelFailed
from services.llm.sse import Mark, Piece
from services.mesh.context import current
from services.mesh.settings import Settings

# Of the caller's own time this much stays for the extractive answer, the checks and the storing, at most a fifth.
RESERVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits in seconds."""

    first: float = 6.0
    idle: float = 6.0
    whole: float = 45.0

    @classmethod
    def of(cls, settings: Settings) -> Pace:
        return cls(settings.llm_first_token_s, settings.llm_idle_s, settings.llm_whole_s)


def deadline(pace: Pace) -> float:
    """Until when models may write for the call being served, on the running loop's clock."""
    remaining = current().remaining()
    whole = pace.whole if remaining is None else min(pace.whole, max(remaining - RESERVE_SECONDS, remaining * 0.8))
    return asyncio.get_running_loop().time() + whole


async def paced(pieces: AsyncGenerator[Piece, None], pace: Pace, until: float) -> AsyncGenerator[Piece, None]:
    """``pieces`` as they come. Raises :class:`ModelFailed` when one is late.

    The time its reader takes counts only against the whole. A text that comes in one piece has the whole time to come.
    """
    now = asyncio.get_running_loop().time
    limit, late = pace.first, Kind.FIRST_TEXT_LATE
    while True:
        left = until - now()
        if left <= 0:
            raise ModelFailed(Kind.OUT_OF_TIME)
        try:
            async with asyncio.timeout(min(limit, left)):
                piece = await anext(pieces, None)
        except TimeoutError:
            raise ModelFailed(Kind.OUT_OF_TIME if left < limit else late) from None
        if piece is None:
            return
        yield piece
        limit, late = (pace.whole, late) if piece is Mark.IN_ONE_PIECE else (pace.idle, Kind.STALLED)
