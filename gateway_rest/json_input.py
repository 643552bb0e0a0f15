"""Reads JSON that strangers wrote: whatever could be understood in two ways is refused.

What comes out is a tree of plain values in which a :class:`Repeated` stands for an object that names a key twice; the
decoder refuses it where it stands, so that the refusal names the field.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from services.mesh.errors import MeshError, Violation

BODY = "body"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Repeated:
    """An object in which ``key`` stands twice."""

    key: str


def parsed(body: bytes) -> Any:
    """The JSON value of a request body; an empty body is an empty object. Raises MALFORMED."""
    try:
        text = body.decode()
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number) if text.strip() else {}
    except RecursionError:
        raise malformed("is nested too deeply") from None
    except UnicodeDecodeError:
        raise malformed("is not UTF-8") from None
    except ValueError:  # its text quotes the body
        raise malformed("is not JSON") from None


def child(path: str, key: str) -> str:
    """The path of a key inside of ``path``; a key that is no name may hold what a person wrote and is not repeated."""
    if not _NAME.fullmatch(key):
        return path or BODY
    return f"{path}.{key}" if path else key


def malformed(description: str) -> MeshError:
    """The refusal of a body as a whole."""
    return MeshError("MALFORMED", [Violation(BODY, description)])


def _unique(pairs: list[tuple[str, Any]]) -> Any:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            return Repeated(key)
        found[key] = value
    return found


def _no_number(_: str) -> NoReturn:
    raise malformed("holds NaN or Infinity, which JSON does not have")
