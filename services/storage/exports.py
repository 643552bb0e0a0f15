"""Reads official exports: the open-data gateway's JSON and XML bodies, and the xlsx files its portals offer.

One reader for every domain. A row is a mapping from the export's own field names to text; nested lists (the departments
of a hospital) stay lists of rows. Numbers become their digits ("900", "127.04"), absent values become "".
"""

from __future__ import annotations

import hashlib
import html
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError  # the parser itself is defusedxml's
from zipfile import BadZipFile

import openpyxl
import orjson
from defusedxml import DefusedXmlException, ElementTree

Row = dict[str, Any]

_NORMAL = frozenset({"00", "0", "000", "0000"})
# Tags as portals escape them into values; "<5" and "a < b" are not tags.
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_SPACE = re.compile(r"[ \t\u00a0\u3000]+")
_BREAKS = re.compile(r"\s*\n\s*")


class ExportError(ValueError):
    """A file that cannot be read at all: a gateway's error body, another format, damage. ``reason`` says which."""

    def __init__(self, path: pathlib.Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")
        self.file, self.reason = path.name, reason


class RowError(ValueError):
    """A row whose ``field`` cannot be understood, with ``why``."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a shipped sample says of itself; every field is empty in a file that says nothing."""

    source: str = ""
    date: str = ""
    notice: str = ""
    reviewed_by: str = ""

    @property
    def label(self) -> str:
        """The source for people; a sample is marked as one."""
        return f"{self.source}(표본)" if self.notice and self.source else self.source


def digest(path: pathlib.Path) -> str:
    """The file's SHA-256, hexadecimal."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_export(path: pathlib.Path) -> Iterator[Row]:
    """The rows of an export, in order. Raises :class:`ExportError` when the file as a whole is not one."""
    if path.suffix.lower() == ".xlsx":
        return _sheet_rows(path)
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf").lstrip()
    rows = _xml_rows(path, content) if content.startswith(b"<") else _json_rows(path, content)
    return (_cleaned(row) for row in rows)


def provenance(path: pathlib.Path) -> Provenance:
    """Where the rows of a JSON export come from; other formats say nothing of themselves."""
    content = path.read_bytes().lstrip() if path.suffix.lower() == ".json" else b""
    if not content.startswith(b"{"):
        return Provenance()
    said = _parsed_json(path, content).get("sample") or {}
    return Provenance(*(str(said.get(key, "")) for key in ("source", "date", "notice", "reviewedBy")))


def tidy(value: str) -> str:
    """Text without escaped markup and needless blanks; paragraphs stay lines."""
    unescaped = html.unescape(html.unescape(value)) if "&" in value else value
    without_tags = _TAG.sub(" ", _block_ends(unescaped)) if "<" in unescaped else unescaped
    return _BREAKS.sub("\n", _SPACE.sub(" ", without_tags.replace("\r", "\n"))).strip()


def _block_ends(text: str) -> str:
    return re.sub(r"(?i)</p>|<br\s*/?>|</div>|</li>|</tr>", "\n", text)


def _json_rows(path: pathlib.Path, content: bytes) -> Iterator[Row]:
    document = _parsed_json(path, content)
    envelope = document.get("response", document)
    failure = envelope.get("OpenAPI_ServiceResponse") or (envelope if "cmmMsgHeader" in envelope else None)
    if failure:
        raise ExportError(path, _gateway_failure(failure.get("cmmMsgHeader") or {}))
    header = envelope.get("header") or {}
    _refuse_unless_normal(path, str(header.get("resultCode", "")), str(header.get("resultMsg", "")))
    body = envelope.get("body")
    if not isinstance(body, dict):
        raise ExportError(path, "has no body")
    return iter(_items(path, body.get("items")))


def _parsed_json(path: pathlib.Path, content: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as broken:
        raise ExportError(path, f"is not JSON (line {broken.lineno})") from None
    if not isinstance(document, dict):
        raise ExportError(path, "is not a gateway envelope")
    return document


def _items(path: pathlib.Path, items: Any) -> list[Row]:
    """Items as the gateway sends them: a list, a list of ``{"item": …}``, ``{"item": list or one}``, or "" for none."""
    if isinstance(items, dict):
        items = items.get("item", [])
    found = items if isinstance(items, list) else [items] if items else []
    rows = [row["item"] if isinstance(row, dict) and set(row) == {"item"} else row for row in found]
    if not all(isinstance(row, dict) for row in rows):
        raise ExportError(path, "has items that are not rows")
    return rows


def _xml_rows(path: pathlib.Path, content: bytes) -> Iterator[Row]:
    try:
        root: Element = ElementTree.fromstring(content)
    except (ParseError, DefusedXmlException):
        raise ExportError(path, "is not well-formed XML") from None
    if root.find(".//cmmMsgHeader") is not None:
        said = {child.tag: child.text or "" for child in root.iterfind(".//cmmMsgHeader/*")}
        raise ExportError(path, _gateway_failure(said))
    _refuse_unless_normal(path, root.findtext(".//resultCode", ""), root.findtext(".//resultMsg", ""))
    items = root.find(".//items")
    if items is None:
        raise ExportError(path, "has no items")
    return (_xml_row(item) for item in items.iterfind("item"))


def _xml_row(item: Element) -> Row:
    row: Row = {}
    for child in item:
        row[child.tag] = [_xml_row(nested) for nested in child] if len(child) else child.text
    return row


def _refuse_unless_normal(path: pathlib.Path, code: str, message: str) -> None:
    if code.strip() not in _NORMAL:
        raise ExportError(path, f"the gateway answered {code or 'without a result code'} {message}".strip())


def _gateway_failure(said: dict[str, Any]) -> str:
    parts = (said.get(key) for key in ("returnReasonCode", "errMsg", "returnAuthMsg"))
    return "the gateway answered " + " ".join(str(part) for part in parts if part)


def _sheet_rows(path: pathlib.Path) -> Iterator[Row]:
    """Rows of the first sheet; its first row names the fields."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, BadZipFile) as broken:
        raise ExportError(path, f"is not an xlsx file ({type(broken).__name__})") from None
    lines = book.worksheets[0].iter_rows(values_only=True)
    names = [_plain(cell) for cell in next(lines, ())]
    if not any(names):
        raise ExportError(path, "has no header row")
    return _named_rows(book, names, lines)


def _named_rows(book: Any, names: list[str], lines: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    try:
        for line in lines:
            if any(cell is not None for cell in line):
                yield {name: _plain(cell) for name, cell in zip(names, line, strict=False) if name}
    finally:
        book.close()


def _cleaned(row: Row) -> Row:
    return {key: _clean_value(value) for key, value in row.items()}


def _clean_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_cleaned(nested) if isinstance(nested, dict) else _plain(nested) for nested in value]
    return _cleaned(value) if isinstance(value, dict) else _plain(value)


def _plain(value: Any) -> str:
    """A scalar as text: whole numbers without a decimal point, dates in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(str(value))
