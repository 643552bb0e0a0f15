"""Takes official exports into the tables, in batches that can be resumed where they stopped.

A file with the digest of last time is not read again; one that was interrupted goes on after its last batch; one that
has changed is read from its beginning.
"""

from __future__ import annotations

import hashlib
import pathlib
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from services.drug.exports import dur, easy_drug, format_of, known_headers, permit
from services.drug.lay_words import LayWords
from services.drug.store import Batch, DrugStore, RunState
from services.mesh import telemetry
from services.storage.exports import ExportError, Provenance, Row, RowError, digest, provenance, read_export

BATCH = 500
DATA = pathlib.Path(__file__).parent / "data"
WORDS = "classes.json"
_FORMATS = frozenset({".json", ".xml", ".xlsx"})
_SAMPLE_RULES = "dur"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken in: its number (the first row is 1), its field, and why."""

    row: int
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """How far a file is. ``refused`` counts all rows refused so far, ``refusals`` are those of the last batch;
    ``problem`` says why a file could not be read at all."""

    file: str
    done: int
    kept: int
    refused: int
    finished: bool = False
    unchanged: bool = False
    problem: str = ""
    refusals: tuple[Refusal, ...] = ()


async def take_exports_in(
    store: DrugStore, paths: Iterable[pathlib.Path], words: LayWords, *, force: bool = False
) -> AsyncIterator[FileReport]:
    """Takes files in, one after the other, and tells how far it is after each batch.

    Which export a row belongs to is read from its fields. A file that is no export is reported and passed over.
    """
    for path in paths:
        try:
            async for progress in _ingest_file(store, path, words, force):
                yield _logged(progress)
        except ExportError as refused:
            yield _logged(FileReport(path.name, 0, 0, 0, problem=refused.reason))


def exports_in(folder: pathlib.Path) -> list[pathlib.Path]:
    """The export files of a folder, in the order of their names."""
    files = (path for path in folder.iterdir() if path.suffix.lower() in _FORMATS)
    return sorted(path for path in files if path.name != WORDS)


async def sample_exports(store: DrugStore) -> list[pathlib.Path]:
    """The files of the shipped sample that no real export stands for: its rules are of use beside real medicines, and
    its medicines beside real rules, but neither beside its own kind."""
    real_rules, real_products = await store.holds_real_rules(), await store.holds_real_products()
    return [path for path in exports_in(DATA) if not (real_rules if path.stem == _SAMPLE_RULES else real_products)]


async def _ingest_file(store: DrugStore, path: pathlib.Path, words: LayWords, force: bool) -> AsyncIterator[FileReport]:
    source, now = _source(path), _version(path, words)
    state = await store.run_state(source)
    if state and state.digest == now and state.finished and not force:
        yield FileReport(path.name, state.position, state.kept, state.refused, finished=True, unchanged=True)
        return
    rows = iter(read_export(path))
    if state is None or state.digest != now or force:
        await store.begin(source, now, _prefix(path))
        state = RunState(now, 0, False, 0, 0)
    reader = _Reader(words, provenance(path), _prefix(path))
    for chunk in _chunks(islice(rows, state.position, None)):
        batch, refusals = reader.read(chunk, state.position + 1)
        state = replace(
            state,
            position=state.position + len(chunk),
            kept=state.kept + len(chunk) - len(refusals),
            refused=state.refused + len(refusals),
        )
        await store.take_in(source, state, batch)
        yield FileReport(path.name, state.position, state.kept, state.refused, refusals=tuple(refusals))
    await store.take_in(source, replace(state, finished=True), Batch())
    yield FileReport(path.name, state.position, state.kept, state.refused, finished=True)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows of one file."""

    words: LayWords
    said: Provenance
    prefix: str

    def read(self, rows: list[Row], first: int) -> tuple[Batch, list[Refusal]]:
        """A batch of the rows that can be understood, and the others by number."""
        batch, refusals = Batch(), []
        for number, row in enumerate(rows, first):
            try:
                self._read_row(batch, known_headers(row))
            except RowError as refused:
                refusals.append(Refusal(number, refused.field, refused.why))
        return batch, refusals

    def _read_row(self, batch: Batch, row: Row) -> None:
        kind = format_of(row)
        if kind == "easy_drug":
            texts = easy_drug(row, self.said.label, self.said.date)
            batch.texts[texts["item_seq"]] = texts
        elif kind == "permit":
            taken = permit(row, self.words)
            batch.permits[taken.drug["item_seq"]] = taken
            batch.ingredient_names.update(taken.ingredient_names)
        elif kind == "dur":
            found = dur(row, self.words, self.prefix, self.said.date)
            batch.rules.update({rule["id"]: rule for rule in found.rules})
            batch.ingredient_names.update(found.ingredient_names)
        else:
            raise RowError("", "has the fields of no known export")


def _version(path: pathlib.Path, words: LayWords) -> str:
    """Changes with the file and with the synonyms its ingredients are read with."""
    return hashlib.sha256(f"{digest(path)}{words.version}".encode()).hexdigest()


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, BATCH)):
        yield chunk


def _source(path: pathlib.Path) -> str:
    """What ``ingest_run`` calls a file; an export named like a file of the sample is another one."""
    return f"drug/{path.name}" if _is_sample(path) else f"drug/exports/{path.name}"


def _prefix(path: pathlib.Path) -> str:
    """What the ids of a file's rules begin with: short, and no other file's, however alike the names."""
    if _is_sample(path):
        return path.stem
    name = re.sub("[^a-z0-9-]", "-", path.stem.lower())[:11]
    return f"{name}-{hashlib.sha256(path.stem.encode()).hexdigest()[:8]}"


def _is_sample(path: pathlib.Path) -> bool:
    return path.resolve().parent == DATA.resolve()


def _logged(progress: FileReport) -> FileReport:
    if progress.problem:
        telemetry.log().warning("export refused", service="drug", file=progress.file, reason=progress.problem)
    for refusal in progress.refusals:
        telemetry.log().warning(
            "row refused", service="drug", file=progress.file, row=refusal.row, field=refusal.field, reason=refusal.why
        )
    if progress.finished and not progress.unchanged:
        telemetry.log().info(
            "taken in", service="drug", file=progress.file, rows=progress.kept, refused=progress.refused
        )
    return progress
