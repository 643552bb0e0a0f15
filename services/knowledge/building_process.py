"""Runs the process that builds an index, and tells how far it is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import orjson

from services.knowledge.build_index import Job
from services.mesh.settings import CHECKOUT


class IndexBuildError(Exception):
    """There is no index, or the process that builds one ended without; ``reason`` as far as it is known."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a build: its stage, passages done in it, passages in all, dimensions of its vectors (0: not known)."""

    stage: str
    done: int = 0
    total: int = 0
    dimensions: int = 0


async def built(job: Job) -> AsyncGenerator[Progress, None]:
    """Builds an index; the process dies with the iteration. Raises :class:`IndexBuildError`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.knowledge.build_index",
        cwd=CHECKOUT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    reason = ""
    try:
        async for line in _answers(process, job.serialised()):
            reason = line.get("failed", reason)
            if "stage" in line:
                yield Progress(**line)
        if await process.wait() != 0:
            raise IndexBuildError(reason)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _answers(process: asyncio.subprocess.Process, job: bytes) -> AsyncGenerator[dict[str, Any], None]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(job)
    process.stdin.write_eof()
    async for line in process.stdout:
        yield orjson.loads(line)
