"""Keeps the index in use: opens the one that fits best, has new ones built, and swaps them in."""

from __future__ import annotations

import asyncio
import hashlib
import pathlib
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

import orjson

from services.knowledge import versions
from services.knowledge.analysis import KiwiAnalyser
from services.knowledge.build_index import Job
from services.knowledge.building_process import IndexBuildError, Progress, built
from services.knowledge.embedders import Embedders
from services.knowledge.embedding import LEXICAL
from services.knowledge.index import FORMAT, Index
from services.knowledge.reading import InUse
from services.knowledge.store import Store
from services.knowledge.versions import DamagedError, Manifest
from services.mesh import telemetry
from services.storage.exports import digest

# Seconds between attempts to build an index whose build has failed; the last one again and again.
PAUSES = (30.0, 60.0, 120.0, 300.0, 600.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where indexes live and what they are made from; ``database`` is the reference database's whole URL."""

    root: pathlib.Path
    examples: tuple[pathlib.Path, ...]
    database: str
    # The name of the embedder that they are to have.
    embedder: str = LEXICAL


@dataclass(frozen=True, slots=True)
class Build:
    """An index on its way: its embedder and how far it is; at the stage "waiting" the last attempt has failed."""

    embedder: str
    progress: Progress


class Keeper:
    """Owns the index in use. One that is out of date, or of another embedder, serves until the new one is ready."""

    def __init__(
        self, place: Place, store: Store, embedders: Embedders | None = None, pauses: Sequence[float] = PAUSES
    ) -> None:
        self.building: Build | None = None
        self._place, self._store, self._pauses = place, store, pauses
        self._embedders = embedders or Embedders()
        self._problem = ""
        self._using: InUse | None = None
        self._rebuilding = asyncio.Lock()
        self._background: asyncio.Task[None] | None = None

    def in_use(self) -> InUse:
        """The index that answers. Raises IndexBuildError before there is one."""
        if self._using is None:
            raise IndexBuildError
        return self._using

    @property
    def manifest(self) -> Manifest:
        """What the index in use is made of."""
        return self.in_use().manifest

    @property
    def problem(self) -> str:
        """What went wrong at the last load or build, in machine words; "" when nothing did."""
        return self._problem or ("embedder_unavailable" if self._using and self._using.words_only else "")

    async def start(self) -> None:
        """Opens an index, or builds a first one.

        The first one has lexical vectors, which take seconds; a model's come when they are ready.
        """
        await asyncio.to_thread(self._open_best, await self._expected(self._place.embedder))
        if self._using is None:
            async for _ in self._rebuilt(LEXICAL, force=True):
                pass
        if not await self._up_to_date(self._place.embedder):
            await asyncio.to_thread(self._embedders.prepare, self._place.embedder)
            self.building = Build(self._place.embedder, Progress("begin"))
            self._background = asyncio.create_task(self._renew())

    async def close(self) -> None:
        """Ends a rebuild that is under way."""
        if self._background:
            self._background.cancel()
            await asyncio.gather(self._background, return_exceptions=True)

    async def rebuild(self, force: bool = False) -> AsyncGenerator[Progress, None]:
        """Builds and swaps in an index unless the one in use is up to date. Raises :class:`IndexBuildError`.

        One rebuild at a time; another waits for it. Stopping the iteration ends the build.
        """
        async with aclosing(self._rebuilt(self._place.embedder, force)) as steps:
            async for progress in steps:
                yield progress

    async def _rebuilt(self, embedder: str, force: bool) -> AsyncGenerator[Progress, None]:
        async with self._rebuilding:
            if not force and await self._up_to_date(embedder):
                yield Progress("unchanged", self.manifest.passages, self.manifest.passages)
                return
            expected = await self._expected(embedder)
            async with aclosing(self._built(self._job(expected, embedder))) as steps:
                async for progress in steps:
                    yield progress
            await asyncio.to_thread(self._open_best, expected)
            telemetry.log().info("index_swapped", version=self.manifest.version, rows=self.manifest.passages)
            yield Progress("swapped", self.manifest.passages, self.manifest.passages, self.in_use().index.dimensions)

    async def _renew(self) -> None:
        """Rebuilds, after a failure again until it succeeds: what has been embedded by then is not lost."""
        for pause in chain(self._pauses, repeat(self._pauses[-1])):
            try:
                async for _ in self.rebuild():
                    pass
                return
            except IndexBuildError as failed:
                telemetry.log().error("index_not_built", version=self.manifest.version, reason=failed.reason)
            self.building = Build(self._place.embedder, Progress("waiting"))
            await asyncio.sleep(pause)

    async def _built(self, job: Job) -> AsyncGenerator[Progress, None]:
        """Builds, and notes how far that is."""
        self.building = Build(job.embedder, Progress("begin"))
        try:
            async with aclosing(built(job)) as steps:
                async for progress in steps:
                    self.building = Build(job.embedder, progress)
                    yield progress
        except IndexBuildError as failed:
            self._problem = f"build_failed:{failed.reason}" if failed.reason else "build_failed"
            raise
        finally:
            self.building = None

    def _open_best(self, expected: str) -> None:
        """Opens the version that fits best and is whole. Damaged ones are removed and remembered as the problem."""
        self._problem = ""
        for folder in self._by_fitness(expected):
            try:
                manifest = versions.checked(folder)
            except DamagedError as damaged:
                self._damaged(folder, damaged)
                continue
            # In one assignment: a search has the old index with all that is its own, or the new one.
            self._using = InUse(Index.opened(folder), manifest, *self._embedders.opened(manifest.embedder, folder))
            return

    def _by_fitness(self, expected: str) -> list[pathlib.Path]:
        """The versions that can be read: the one expected first, those of the right embedder, the current, the newest.

        An index of another embedder is better than none while the right one is built.
        """
        fitting = []
        for folder in versions.versions(self._place.root):
            try:
                manifest = versions.manifest(folder)
            except DamagedError as damaged:
                self._damaged(folder, damaged)
                continue
            if manifest.format == FORMAT:
                fitting.append((manifest.version != expected, manifest.embedder != self._place.embedder, folder))
        return [folder for *_, folder in sorted(fitting, key=lambda one: one[:2])]

    def _damaged(self, folder: pathlib.Path, damaged: DamagedError) -> None:
        self._problem = f"damaged:{damaged.file}"
        telemetry.log().error("index_damaged", version=folder.name, file=damaged.file)
        shutil.rmtree(folder)

    async def _up_to_date(self, embedder: str) -> bool:
        return self.manifest.version == await self._expected(embedder) and not self._problem

    async def _expected(self, embedder: str) -> str:
        """The version an index of today's data would have."""
        parts: list[Any] = [FORMAT, KiwiAnalyser.name, embedder, await self._store.digests()]
        parts += [digest(path) for path in self._place.examples]
        return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:16]

    def _job(self, version: str, embedder: str) -> Job:
        place = self._place
        return Job(place.database, tuple(map(str, place.examples)), str(place.root), version, embedder)
