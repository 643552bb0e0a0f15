"""Passages as their exports hold them: JSON Lines, one passage a line, in ``<domain>/<group>.jsonl``."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from services.safety.text import normalised
from services.storage.exports import RowError

DOMAINS = ("drug", "clinic", "emergency_support", "internal_external")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_LENGTHS = {"title": 200, "text": 8000, "source": 300}


@dataclass(frozen=True, slots=True)
class Passage:
    """A topic a person asks about: what is true of it, how people ask for it, and where it comes from."""

    id: str
    domain: str
    group: str
    title: str
    text: str
    questions: tuple[str, ...]
    keywords: tuple[str, ...]
    source: str
    as_of: str
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken in: its file, its line from 1, the field at fault and why."""

    file: str
    row: int
    field: str
    why: str


def read_passages(path: pathlib.Path, taken: Collection[str] = ()) -> tuple[list[Passage], list[Refused]]:
    """The passages of one file, and the rows it refuses. ``taken`` are ids that other files hold already."""
    kept: dict[str, Passage] = {}
    refused = []
    for number, line in _lines(path):
        try:
            passage = _passage(path, line)
            if passage.id in kept or passage.id in taken:
                raise RowError("id", "occurs twice")
        except RowError as bad:
            refused.append(Refused(path.name, number, bad.field, bad.why))
        else:
            kept[passage.id] = passage
    return list(kept.values()), refused


def _lines(path: pathlib.Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as opened:
        for number, line in enumerate(opened, start=1):
            if line.strip():
                yield number, line


def _passage(path: pathlib.Path, line: bytes) -> Passage:
    row = parsed(line)
    id = _text(row, "id")
    if not _ID.fullmatch(id):
        raise RowError("id", "is not 1 to 40 letters, digits, dots, dashes or underscores")
    for field, expected in (("domain", path.parent.name), ("group", path.stem)):
        if row.get(field) != expected:
            raise RowError(field, "differs from the file's place")
    if row["domain"] not in DOMAINS:
        raise RowError("domain", "is not a domain of passages")
    return Passage(
        id=id,
        domain=row["domain"],
        group=row["group"],
        title=_text(row, "title"),
        text=_text(row, "text"),
        questions=_texts(row, "questions"),
        keywords=_texts(row, "keywords"),
        source=_text(row, "source"),
        as_of=_day(row, "asOf"),
        reviewed_by=normalised(str(row.get("reviewedBy") or "")),
    )


def parsed(line: bytes) -> dict[str, Any]:
    """The object a line holds. Raises :class:`RowError` when it holds none."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise RowError("", "is not JSON") from None
    if not isinstance(row, dict):
        raise RowError("", "is not an object")
    return row


def _text(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    text = normalised(value) if isinstance(value, str) else ""
    if not text:
        raise RowError(field, "is missing or empty")
    if len(text) > _LENGTHS.get(field, 200):
        raise RowError(field, f"is longer than {_LENGTHS.get(field, 200)} characters")
    return text


def _texts(row: dict[str, Any], field: str) -> tuple[str, ...]:
    values = row.get(field)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise RowError(field, "is not a list of texts")
    return tuple(dict.fromkeys(text for text in map(normalised, values) if text))


def _day(row: dict[str, Any], field: str) -> str:
    try:
        return date.fromisoformat(_text(row, field)).isoformat()
    except ValueError:
        raise RowError(field, "is not a date") from None
