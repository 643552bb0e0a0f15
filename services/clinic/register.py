"""What the service keeps in memory of its tables, renewed when new exports have been taken in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.clinic.facility import Facility, Spot
from services.clinic.guide import Guide
from services.clinic.nearby import Grid
from services.clinic.places import Sight

# How long new exports may go unnoticed.
LOOK_AGAIN_SECONDS = 30.0


class Tables(Protocol):
    """The tables as the register reads them."""

    async def version(self) -> str: ...

    async def spots(self) -> list[Spot]: ...

    async def sights(self) -> list[Sight]: ...

    async def names(self) -> list[tuple[str, str]]: ...

    async def holidays(self) -> dict[date, str]: ...

    async def facilities(self, ids: Sequence[str]) -> list[Facility]: ...


@dataclass(frozen=True, slots=True)
class Known:
    """Where every facility is, the names of places and hospitals, and the public holidays."""

    grid: Grid
    guide: Guide
    holidays: Mapping[date, str]


class Register:
    """Everything a search needs at hand; whole records are read when they are shown."""

    def __init__(self, tables: Tables, clock: Callable[[], float] = time.monotonic) -> None:
        self._tables, self._clock = tables, clock
        self._known: Known | None = None
        self._version, self._looked = "", 0.0
        self._renewing = asyncio.Lock()

    async def known(self) -> Known:
        """What is known now."""
        if self._known is not None and self._clock() - self._looked < LOOK_AGAIN_SECONDS:
            return self._known
        async with self._renewing:
            return await self._renewed()

    async def facilities(self, ids: Sequence[str]) -> list[Facility]:
        """Whole records in the order of ``ids``."""
        return await self._tables.facilities(ids)

    async def _renewed(self) -> Known:
        version = await self._tables.version()
        if self._known is None or version != self._version:
            guide = Guide(await self._tables.sights(), await self._tables.names())
            self._known = Known(Grid(await self._tables.spots()), guide, await self._tables.holidays())
        self._version, self._looked = version, self._clock()
        return self._known
