"""Builds an index in a process of its own, so that the one that serves keeps its processor and its interpreter.

    python -m services.knowledge.build_index < job.json

Reads a :class:`Job` from standard input and writes JSON lines to standard output: progress, then the finished version.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pathlib
import sys
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy.engine import make_url
from ulid import ULID

from services.knowledge import versions
from services.knowledge.analysis import KiwiAnalyser
from services.knowledge.building import build
from services.knowledge.examples import Example, read_examples
from services.knowledge.index import FORMAT
from services.knowledge.memo import Memo
from services.knowledge.passages import Passage
from services.knowledge.store import Store
from services.storage.engine import open_engine


@dataclass(frozen=True, slots=True)
class Job:
    """Where the passages are (a database URL), the example files, where the index goes, its version and the model."""

    database: str
    examples: tuple[str, ...]
    root: str
    version: str
    model: str | None

    def serialised(self) -> bytes:
        return orjson.dumps(asdict(self))


def run(job: Job) -> pathlib.Path:
    """Builds the version the job names, makes it the current one, and returns its place."""
    root = pathlib.Path(job.root)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(job, root)


def _build(job: Job, root: pathlib.Path) -> pathlib.Path:
    passages, before = asyncio.run(_passages(job.database)), versions.versions(root)
    memo = Memo.opened(KiwiAnalyser(), before[0] if before else None)
    folder = versions.begun(root, f"{job.version}-{ULID()}")
    embedder = build(folder, passages, _examples(job), memo, job.model, _report)
    return versions.finished(folder, job.version, FORMAT, embedder.name, len(passages))


async def _passages(database: str) -> list[Passage]:
    engine = open_engine(make_url(database))
    try:
        return await Store(engine).passages()
    finally:
        await engine.dispose()


def _examples(job: Job) -> list[Example]:
    return [example for file in job.examples for example in read_examples(pathlib.Path(file))[0]]


def _report(stage: str, done: int, total: int) -> None:
    _say({"stage": stage, "done": done, "total": total})


def _say(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    os.nice(5)
    given = orjson.loads(sys.stdin.buffer.read())
    _say({"built": run(Job(**given)).name})
