"""Search in a person's own history. Texts are sealed, so the search opens them: so many for each page, then a token."""

from __future__ import annotations

from services.chatbot.history import Cursor, holds
from services.chatbot.ownership import Place
from services.chatbot.records import Line
from services.chatbot.store import ConversationStore

# Exchanges that are opened for one page, at most, and how many are fetched at once.
BUDGET, BATCH = 500, 50
LINES = 50


class Search:
    """One page of a search. A page may hold less than was asked for, or nothing, and still have a next one."""

    def __init__(self, store: ConversationStore, place: Place, wanted: str) -> None:
        self._store, self._place, self._wanted = store, place, wanted
        self._left = BUDGET

    async def page(self, size: int, start: Cursor | None) -> tuple[list[Line], Cursor | None]:
        """Conversations that hold what is wanted, the last used first, and where the next page goes on."""
        hits: list[Line] = []
        at = start
        lines = await self._begin(start)
        while lines:
            for line in lines:
                before = at.before if at and at.id == line.id else ""
                found, rest = await self._look_into(line, before)
                hits += [line] if found else []
                at = Cursor(line.updated_at, line.id, rest)
                if rest or self._left <= 0 or len(hits) == size:
                    return hits, at
            lines = await self._store.lines(self._place, LINES, at.key if at else None)
        return hits, None

    async def _begin(self, start: Cursor | None) -> list[Line]:
        """The conversation that the page before was in the middle of, or the first ones after it."""
        if start and start.before:
            line = await self._store.line(self._place, start.id)
            if line:
                # In its old place: added to meanwhile, it would make the search jump over others.
                return [Line(line.id, line.created_at, start.at, line.exchanges)]
        return await self._store.lines(self._place, LINES, start.key if start else None)

    async def _look_into(self, line: Line, before: str) -> tuple[bool, str]:
        """Whether the conversation holds it; the exchange to go on before, when the page's budget ended in between."""
        while True:
            turns = await self._store.turns_of(self._place, line.id, BATCH, before)
            self._left -= max(1, len(turns))
            if any(holds(turn, self._wanted) for turn in turns):
                return True, ""
            if len(turns) < BATCH:
                return False, ""
            before = turns[-1].id
            if self._left <= 0:
                return False, before
