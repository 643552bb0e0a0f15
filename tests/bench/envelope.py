"""Writes exports row by row in the open-data gateway's JSON envelope, several files to one export where it is long."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

# Rows of a file: what the portals hand out at once, and what a reader can hold.
FILE_ROWS = 50_000
DATE = "2026-11-20"
_HEADER = {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}

Row = dict[str, Any]


def write_export(path: pathlib.Path, rows: Iterator[Row], source: str) -> int:
    """Writes one file and returns its rows. ``source`` is what its provenance says; it names the data as synthetic."""
    said = {"source": f"합성 자료({source} 형식)", "date": DATE, "reviewedBy": ""}
    count = 0
    with path.open("wb") as out:
        out.write(b'{"header":' + orjson.dumps(_HEADER) + b',"sample":' + orjson.dumps(said) + b',"body":{"items":[')
        for count, row in enumerate(rows, 1):
            out.write((b"\n" if count == 1 else b",\n") + orjson.dumps(row))
        out.write(b'\n],"totalCount":' + str(count).encode() + b"}}\n")
    return count


def write_exports(folder: pathlib.Path, stem: str, rows: Iterator[Row], source: str) -> int:
    """Writes ``{stem}_001.json`` and so on, and returns the rows in all."""
    folder.mkdir(parents=True, exist_ok=True)
    number, total = 1, 0
    while chunk := list(islice(rows, FILE_ROWS)):
        total += write_export(folder / f"{stem}_{number:03}.json", iter(chunk), source)
        number += 1
    return total


def write_lines(path: pathlib.Path, rows: Iterator[Row]) -> int:
    """Writes JSON Lines and returns their number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        return sum(out.write(orjson.dumps(row) + b"\n") > 0 for row in rows)
