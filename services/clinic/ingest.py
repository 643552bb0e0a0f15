"""Takes the official exports of facilities and holidays into the reference database.

Idempotent: a file whose digest is known is not read again. Resumable: an interrupted run goes on after its last batch.
A row that cannot be understood is left out and named by file, row and field; the rest is kept.
"""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from typing import Any

from services.clinic.facility import hospital_row, pharmacy_row
from services.clinic.opening_hours import Week
from services.clinic.source_hours import Row, hira_week, nemc_week, with_moonlight
from services.clinic.store import ClinicStore, Kept
from services.mesh import telemetry
from services.storage.exports import RowError, digest, provenance, read_export
from services.storage.progress import Progress

SAMPLE = pathlib.Path(__file__).parent / "data"
BATCH = 500
# Goes up when rows of the same file are kept differently, so that they are read again.
_LAYOUT = "1"


class _Refusals:
    """Counts the rows left out, and names each in the log."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, file: str, row: int, error: RowError) -> None:
        self.count += 1
        telemetry.log().warning("row_refused", file=file, row=row, field=error.field, reason=error.why)


async def take_exports_in(store: ClinicStore, folder: pathlib.Path = SAMPLE) -> AsyncIterator[Progress]:
    """Reads every export the folder has. Raises ``ExportError`` for a file that is none."""
    for source, stems, read in _SOURCES:
        files = [path for stem in stems if (path := _export(folder, stem))]
        if files and files[0].stem == stems[0]:
            async for progress in _read_in(store, source, files, read):
                yield progress


async def _read_in(
    store: ClinicStore, source: Kept, files: list[pathlib.Path], read: Callable[..., list[dict[str, Any]]]
) -> AsyncIterator[Progress]:
    mark = _digest(files)
    run = await store.run(source)
    if run and run.digest == mark and run.finished:
        yield Progress(source.value, run.rows_kept, run.rows_kept, run.rows_refused)
        return
    refusals = _Refusals()
    rows = read(files, refusals)
    done = run.position if run and run.digest == mark else 0
    while done < len(rows):
        batch = rows[done : done + BATCH]
        done += len(batch)
        await store.keep(source, mark, batch, done, refusals.count)
        yield Progress(source.value, done, len(rows), refusals.count)
    await store.finish(source, mark, rows, refusals.count)
    yield Progress(source.value, len(rows), len(rows), refusals.count)


def _export(folder: pathlib.Path, stem: str) -> pathlib.Path | None:
    return next((path for path in sorted(folder.glob(f"{stem}.*")) if path.suffix in (".json", ".xml", ".xlsx")), None)


def _digest(files: list[pathlib.Path]) -> str:
    return hashlib.sha256("".join([_LAYOUT, *(digest(path) for path in files)]).encode()).hexdigest()


def _hospitals(files: list[pathlib.Path], refusals: _Refusals) -> list[dict[str, Any]]:
    """Hospitals joined with their details and the 달빛어린이병원 list by ``ykiho``."""
    by_stem = {path.stem: path for path in files}
    details = _by_ykiho(by_stem.get("hira_details"))
    moonlight = _by_ykiho(by_stem.get("moonlight"))
    said = provenance(files[0])

    def kept(row: Row) -> dict[str, Any]:
        number, detail = details.get(str(row.get("ykiho")), (0, {}))
        listed_at, listed = moonlight.get(str(row.get("ykiho")), (0, None))
        week = _understood(hira_week, "hira_details", number, detail, refusals)
        if listed is not None:
            ordinary = week
            week = _understood(
                lambda row: with_moonlight(ordinary, row), "moonlight", listed_at, listed, refusals, otherwise=ordinary
            )
        return hospital_row(row, detail, week, listed, said)

    return list(_kept(files[0], kept, refusals))


def _understood(
    read: Callable[[Row], Week], stem: str, number: int, row: Row, refusals: _Refusals, otherwise: Week | None = None
) -> Week:
    """The week a row tells; when its times cannot be read, the facility stays, without them."""
    try:
        return read(row)
    except RowError as error:
        refusals.add(stem, number, error)
        return otherwise or Week()


def _pharmacies(files: list[pathlib.Path], refusals: _Refusals) -> list[dict[str, Any]]:
    said = provenance(files[0])
    return list(_kept(files[0], lambda row: pharmacy_row(row, nemc_week(row), said), refusals))


def _holidays(files: list[pathlib.Path], refusals: _Refusals) -> list[dict[str, Any]]:
    """Public holidays, one row a day; a day with two names keeps its first."""
    rows: dict[date, dict[str, Any]] = {}
    for row in _kept(files[0], _holiday, refusals):
        if row:
            rows.setdefault(row["date"], row)
    return list(rows.values())


def _holiday(row: Row) -> dict[str, Any]:
    if row.get("isHoliday") != "Y":
        return {}
    digits = str(row.get("locdate", ""))
    try:
        return {"date": date.fromisoformat(digits), "name": str(row.get("dateName", ""))}
    except ValueError:
        raise RowError("locdate", "is not a date") from None


def _kept(path: pathlib.Path, read: Callable[[Row], dict[str, Any]], refusals: _Refusals) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(read_export(path), start=1):
        try:
            yield read(row)
        except RowError as error:
            refusals.add(path.name, number, error)


def _by_ykiho(path: pathlib.Path | None) -> dict[str, tuple[int, Row]]:
    if path is None:
        return {}
    return {str(row.get("ykiho")): (number, row) for number, row in enumerate(read_export(path), start=1)}


_SOURCES: tuple[tuple[Kept, tuple[str, ...], Callable[..., list[dict[str, Any]]]], ...] = (
    (Kept.HOSPITALS, ("hira_hospitals", "hira_details", "moonlight"), _hospitals),
    (Kept.PHARMACIES, ("nemc_pharmacies",), _pharmacies),
    (Kept.HOLIDAYS, ("holidays",), _holidays),
)
