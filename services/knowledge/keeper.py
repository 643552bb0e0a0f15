"""Keeps the index in use: opens the newest that is whole, has new ones built, and swaps them in."""

from __future__ import annotations

import asyncio
import hashlib
import pathlib
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson

from services.knowledge import embedding, versions
from services.knowledge.analysis import KiwiAnalyser
from services.knowledge.build_index import Job
from services.knowledge.index import FORMAT, Index
from services.knowledge.reading import InUse
from services.knowledge.store import Store
from services.knowledge.versions import DamagedError, Manifest
from services.mesh import telemetry
from services.mesh.settings import CHECKOUT
from services.storage.exports import digest


class IndexBuildError(Exception):
    """The process that builds indexes ended without one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a rebuild: its stage, passages done in it, passages in all."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where indexes live and what they are made from; ``database`` is the reference database's whole URL."""

    root: pathlib.Path
    examples: tuple[pathlib.Path, ...]
    database: str
    model: str | None

    @property
    def embedder(self) -> str:
        """The name of the embedder its indexes use."""
        return embedding.name_of(self.model)


class Keeper:
    """Owns the index in use. ``problem`` says in machine words what went wrong at the last load or build."""

    def __init__(self, place: Place, store: Store) -> None:
        self.problem = ""
        self._place, self._store = place, store
        self._using: InUse | None = None
        self._manifest: Manifest | None = None
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
        if self._manifest is None:
            raise IndexBuildError
        return self._manifest

    async def start(self) -> None:
        """Opens an index, or builds the first one. One that is out of date serves until a new one is ready."""
        await asyncio.to_thread(self._open_newest)
        if self._using is None:
            async for _ in self.rebuild():
                pass
        elif await self._expected() != self.manifest.version or self.problem:
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
        async with self._rebuilding:
            expected = await self._expected()
            fresh = self._manifest is not None and self._manifest.version == expected and not self.problem
            if fresh and not force:
                yield Progress("unchanged", self.manifest.passages, self.manifest.passages)
                return
            async with aclosing(self._built(self._job(expected))) as steps:
                async for progress in steps:
                    yield progress
            await asyncio.to_thread(self._open_newest)
            telemetry.log().info("index_swapped", version=self.manifest.version, rows=self.manifest.passages)
            yield Progress("swapped", self.manifest.passages, self.manifest.passages)

    async def _renew(self) -> None:
        try:
            async for _ in self.rebuild():
                pass
        except IndexBuildError:
            telemetry.log().error("index_not_built", version=self.manifest.version)

    async def _built(self, job: Job) -> AsyncGenerator[Progress, None]:
        """Runs the building process to its end; it dies with the iteration."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.knowledge.build_index",
            cwd=CHECKOUT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async for line in _answers(process, job.serialised()):
                if "stage" in line:
                    yield Progress(line["stage"], line["done"], line["total"])
            if await process.wait() != 0:
                self.problem = "build_failed"
                raise IndexBuildError
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    def _open_newest(self) -> None:
        """Opens the newest version that fits and is whole. Damaged ones are removed and remembered as the problem."""
        self.problem = ""
        for folder in versions.versions(self._place.root):
            try:
                manifest = versions.checked(folder)
            except DamagedError as damaged:
                self.problem = f"damaged:{damaged.file}"
                telemetry.log().error("index_damaged", version=folder.name, file=damaged.file)
                shutil.rmtree(folder)
                continue
            if (manifest.format, manifest.embedder) == (FORMAT, self._place.embedder):
                self._using = InUse(Index.opened(folder, self._place.model), manifest.version)
                self._manifest = manifest
                return

    async def _expected(self) -> str:
        """The version an index of today's data would have."""
        parts: list[Any] = [FORMAT, KiwiAnalyser.name, self._place.embedder, await self._store.digests()]
        parts += [digest(path) for path in self._place.examples]
        return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:16]

    def _job(self, version: str) -> Job:
        place = self._place
        return Job(place.database, tuple(map(str, place.examples)), str(place.root), version, place.model)


async def _answers(process: asyncio.subprocess.Process, job: bytes) -> AsyncGenerator[dict[str, Any], None]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(job)
    process.stdin.write_eof()
    async for line in process.stdout:
        yield orjson.loads(line)
