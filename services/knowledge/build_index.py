"""Builds an index in a process of its own, so that the one that serves keeps its processor and its interpreter.

    python -m services.knowledge.build_index < job.json

Reads a :class:`Job` from standard input and writes JSON lines to standard output: progress, then the finished version,
or why there is none. Where an endpoint is and what its key is, it knows from the environment.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pathlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import orjson
from sqlalchemy.engine import make_url
from ulid import ULID

from services.knowledge import versions
from services.knowledge.analysis import KiwiAnalyser
from services.knowledge.building import build
from services.knowledge.embedding import ENDPOINT, LEXICAL, TRANSFORMER, Embedder, wanted
from services.knowledge.endpoint_vectors import EndpointVectors
from services.knowledge.examples import Example, read_examples
from services.knowledge.index import FORMAT
from services.knowledge.kept_vectors import KeptVectors, forget_journals
from services.knowledge.lexical_vectors import LexicalVectors
from services.knowledge.memo import Memo
from services.knowledge.passages import Passage
from services.knowledge.sentence_transformer import MISSING, SentenceTransformerVectors
from services.knowledge.store import Store
from services.llm.failure import Kind, ModelFailed
from services.llm.models import Models
from services.mesh import telemetry
from services.mesh.settings import Settings, settings
from services.storage.engine import open_engine

# Seconds an endpoint may take for a batch: nobody waits for it.
_BATCH_SECONDS = 30.0


class ModelMissing(Exception):
    """The sentence-transformers model could not be loaded."""


@dataclass(frozen=True, slots=True)
class Job:
    """Where the passages are (a database URL), the example files, where the index goes, its version and embedder."""

    database: str
    examples: tuple[str, ...]
    root: str
    version: str
    embedder: str

    def serialised(self) -> bytes:
        return orjson.dumps(asdict(self))


def run(job: Job, deployment: Settings) -> pathlib.Path:
    """Builds the version the job names, makes it the current one, and returns its place.

    Raises :class:`ModelFailed` when the endpoint, :class:`ModelMissing` when the model cannot be had.
    """
    root = pathlib.Path(job.root)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(job, root, deployment)


def _build(job: Job, root: pathlib.Path, deployment: Settings) -> pathlib.Path:
    passages, before = asyncio.run(_passages(job.database)), versions.versions(root)
    memo = Memo.opened(KiwiAnalyser(), before[0] if before else None)
    folder = versions.begun(root, f"{job.version}-{ULID()}")
    with ExitStack() as used:
        embedder = used.enter_context(_embedder(job.embedder, deployment)) if job.embedder != LEXICAL else None
        kept = KeptVectors(embedder, root, _parts(before, job.embedder)) if embedder else None
        build(folder, passages, _examples(job), memo, kept, partial(_report, kept))
    place = versions.finished(folder, job.version, FORMAT, job.embedder, len(passages))
    forget_journals(root)
    return place


@contextmanager
def _embedder(name: str, deployment: Settings) -> Iterator[Embedder]:
    if name.startswith(ENDPOINT):
        with _endpoint(name, deployment) as endpoint:
            yield endpoint
        return
    try:
        model = SentenceTransformerVectors(name.removeprefix(TRANSFORMER))
    except MISSING as missing:
        raise ModelMissing from missing
    yield model


@contextmanager
def _endpoint(name: str, deployment: Settings) -> Iterator[Embedder]:
    if wanted(deployment) != name:
        raise ModelFailed(Kind.UNKNOWN_MODEL)
    models = Models(deployment.model_copy(update={"llm_first_token_s": _BATCH_SECONDS}))
    vectors = EndpointVectors(name, models.embed)
    try:
        yield vectors
    finally:
        vectors.close(models.close())


def _parts(before: list[pathlib.Path], embedder: str) -> list[pathlib.Path]:
    """Where earlier indexes of this embedder keep vectors, as far as they are whole."""
    found = []
    for folder in before:
        with suppress(versions.DamagedError):
            if versions.checked(folder).embedder == embedder:
                found += [folder / "examples", folder / "passages"]
    return found


async def _passages(database: str) -> list[Passage]:
    engine = open_engine(make_url(database))
    try:
        return await Store(engine).passages()
    finally:
        await engine.dispose()


def _examples(job: Job) -> list[Example]:
    return [example for file in job.examples for example in read_examples(pathlib.Path(file))[0]]


def _report(embedder: Embedder | None, stage: str, done: int, total: int) -> None:
    dimensions = embedder.dimensions if embedder else LexicalVectors.dimensions
    _say({"stage": stage, "done": done, "total": total, "dimensions": dimensions})


def _say(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """Returns 1 when the vectors cannot be had; what else goes wrong is raised."""
    given = Job(**orjson.loads(sys.stdin.buffer.read()))
    deployment = settings()
    telemetry.configure(deployment.log_level)
    try:
        _say({"built": run(given, deployment).name})
    except ModelFailed as failed:
        _say({"failed": failed.kind.value})
        return 1
    except ModelMissing:
        _say({"failed": "model_not_loaded"})
        return 1
    return 0


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
