"""Takes the National Emergency Medical Center's exports in: the institutions, and their beds.

Institutions (``nemc_emergency``): ``hpid dutyName dutyAddr dutyTel1 dutyTel3 dutyEmclsName wgs84Lat wgs84Lon``; beds
(``nemc_beds``): ``hpid hvec hvidate``. The nation has about 500 of them, so a file is one transaction: an interrupted
run begins again. A file whose digest is known is not read again.
"""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator, Callable, Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.emergency_support.store import RoomStore, Source
from services.mesh import telemetry
from services.storage.exports import Row, RowError, digest, provenance, read_export
from services.storage.geo import cell
from services.storage.progress import Progress

SAMPLE = pathlib.Path(__file__).parent / "data"
_FORMATS = (".json", ".xml", ".xlsx")
# Korea with its islands, Dokdo and Marado included.
_LATITUDES, _LONGITUDES = (32.5, 39.0), (124.0, 132.5)
_ANSWERS_WITHOUT_ROOMS = "the operator's own export is in use; the shipped sample was not taken in"


@dataclass
class _Read:
    """The rows of a file that were understood, and a note on each that was not."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def take_exports_in(store: RoomStore, folder: pathlib.Path | None = None) -> AsyncIterator[Progress]:
    """Takes a folder's exports in, or the shipped sample unless real exports are there.

    Raises ``ExportError`` for a file that is none.
    """
    if folder is None and await store.holds_real_data():
        yield Progress(Source.SAMPLE_ROOMS.value, 0, note=_ANSWERS_WITHOUT_ROOMS)
        return
    rooms, beds = _export(folder or SAMPLE, "nemc_emergency"), _export(folder or SAMPLE, "nemc_beds")
    if rooms:
        yield await _rooms(store, rooms, Source.ROOMS if folder else Source.SAMPLE_ROOMS)
    if beds:
        yield await _beds(store, beds, Source.BEDS if folder else Source.SAMPLE_BEDS)


async def _rooms(store: RoomStore, path: pathlib.Path, source: Source) -> Progress:
    mark = digest(path)
    if known := await _known(store, source, mark):
        return known
    as_of = provenance(path).date
    read = _understood(path, lambda row: room_row(row, as_of))
    await store.keep_rooms(source, mark, read.rows, len(read.notes))
    return _progress(source, read)


async def _beds(store: RoomStore, path: pathlib.Path, source: Source) -> Progress:
    mark = digest(path)
    if known := await _known(store, source, mark):
        return known
    hpids = await store.hpids()
    read = _understood(path, lambda row: beds_row(row, hpids))
    await store.keep_beds(source, mark, read.rows, len(read.notes))
    return _progress(source, read)


async def _known(store: RoomStore, source: Source, mark: str) -> Progress | None:
    run = await store.run(source)
    if run is None or run.digest != mark:
        return None
    return Progress(source.value, run.rows_kept, run.rows_kept, run.rows_refused)


def _progress(source: Source, read: _Read) -> Progress:
    return Progress(source.value, len(read.rows), len(read.rows), len(read.notes), "; ".join(read.notes))


def _export(folder: pathlib.Path, stem: str) -> pathlib.Path | None:
    return next((path for path in sorted(folder.glob(f"{stem}.*")) if path.suffix in _FORMATS), None)


def _understood(path: pathlib.Path, read_row: Callable[[Row], dict[str, Any]]) -> _Read:
    read = _Read()
    for number, row in enumerate(read_export(path), start=1):
        try:
            read.rows.append(read_row(row))
        except RowError as error:
            telemetry.log().warning("row_refused", file=path.name, row=number, field=error.field, reason=error.why)
            read.notes.append(f"{path.name} row {number}: {error.field} {error.why}")
    return read


def room_row(row: Row, as_of: str) -> dict[str, Any]:
    """The table's row of an institution. Raises :class:`RowError` when it has no id, name or place."""
    latitude, longitude = _degrees(row, "wgs84Lat", *_LATITUDES), _degrees(row, "wgs84Lon", *_LONGITUDES)
    return {
        "hpid": _required(row, "hpid"),
        "name": _required(row, "dutyName"),
        "address": row.get("dutyAddr", ""),
        "phone": row.get("dutyTel1", ""),
        "emergency_phone": row.get("dutyTel3", ""),
        "kind": row.get("dutyEmclsName", ""),
        "latitude": latitude,
        "longitude": longitude,
        "cell": cell(latitude, longitude),
        "as_of": as_of,
    }


def beds_row(row: Row, hpids: Container[str]) -> dict[str, Any]:
    """Free beds (``hvec``, negative when overcrowded) and when they were counted (``hvidate``, YYYYMMDDHHMMSS)."""
    hpid = _required(row, "hpid")
    if hpid not in hpids:
        raise RowError("hpid", "is no known institution")
    try:
        beds = int(row.get("hvec", ""))
    except ValueError:
        raise RowError("hvec", "is not a number") from None
    try:
        counted = datetime.strptime(str(row.get("hvidate", "")), "%Y%m%d%H%M%S")
    except ValueError:
        raise RowError("hvidate", "is not a time") from None
    return {"hpid": hpid, "beds": beds, "beds_at": counted}


def _required(row: Row, name: str) -> str:
    value = str(row.get(name, "")).strip()
    if not value:
        raise RowError(name, "is empty")
    return value


def _degrees(row: Row, name: str, least: float, most: float) -> float:
    try:
        degrees = float(row.get(name, ""))
    except ValueError:
        raise RowError(name, "is not a number") from None
    if not least <= degrees <= most:
        raise RowError(name, "is outside Korea")
    return degrees
