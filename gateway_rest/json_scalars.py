"""One value of a JSON tree as a protobuf scalar, after the protobuf JSON mapping.

Numbers may be quoted, as the mapping allows; nothing else is converted. Every reader takes the value and the path of
its field, and raises INVALID_FIELD with that path.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from gateway_rest.json_input import BODY, Repeated, child
from gateway_rest.text import cleaned
from services.mesh.errors import InvalidField

Reader = Callable[[Any, str], Any]

_WHOLE = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
# The largest 32-bit number as its shortest decimal form, which is a little more.
_FLOAT_MAX = 3.4028235e38


def text(value: Any, path: str) -> str:
    return cleaned(verbatim(value, path))


def verbatim(value: Any, path: str) -> str:
    """Text every character of which counts, as in a password."""
    if not isinstance(value, str):
        raise wrong(value, path, "must be a string")
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise InvalidField(path, "is not valid Unicode") from None
    return value


def boolean(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise wrong(value, path, "must be true or false")
    return value


def binary(value: Any, path: str) -> bytes:
    """Base64, standard or URL-safe, padded or not."""
    if not isinstance(value, str):
        raise wrong(value, path, "must be a base64 string")
    try:
        standard = value.translate(str.maketrans("-_", "+/")).rstrip("=")
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidField(path, "must be a base64 string") from None


def integer(low: int, high: int) -> Reader:
    """A reader of whole numbers from ``low`` to ``high``; 1.0 is whole."""

    def read(value: Any, path: str) -> int:
        if (isinstance(value, str) and _WHOLE.fullmatch(value)) or (isinstance(value, float) and value.is_integer()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong(value, path, "must be a whole number")
        if not low <= value <= high:
            raise InvalidField(path, f"must be between {low} and {high}")
        return value

    return read


def real(limit: float) -> Reader:
    """A reader of finite numbers up to ``limit`` in size."""

    def read(value: Any, path: str) -> float:
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            value = float(value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise wrong(value, path, "must be a number")
        # An int of any length compares exactly; converting it first could overflow.
        if not -limit <= value <= limit:
            raise InvalidField(path, "must be a finite number")
        return float(value)

    return read


def enum(kind: EnumDescriptor) -> Reader:
    """A reader of an enum's names, and of its numbers."""
    by_name = {value.name: value.number for value in kind.values}
    numbers = frozenset(by_name.values())
    whole = integer(-(2**31), 2**31 - 1)

    def read(value: Any, path: str) -> int:
        number = by_name.get(value) if isinstance(value, str) else whole(value, path)
        if number not in numbers:
            raise InvalidField(path, f"must be one of {', '.join(by_name)}")
        return int(number)

    return read


def wrong(value: Any, path: str, expected: str) -> InvalidField:
    """The refusal of a value of the wrong type."""
    if isinstance(value, Repeated):
        return InvalidField(child(path, value.key), "is given twice")
    return InvalidField(path or BODY, expected)


_READERS: dict[int, Reader] = {
    FieldDescriptor.TYPE_STRING: text,
    FieldDescriptor.TYPE_BOOL: boolean,
    FieldDescriptor.TYPE_BYTES: binary,
    FieldDescriptor.TYPE_DOUBLE: real(math.nextafter(math.inf, 0)),
    FieldDescriptor.TYPE_FLOAT: real(_FLOAT_MAX),
}
for _sizes, _low, _high in (
    (("INT32", "SINT32", "SFIXED32"), -(2**31), 2**31 - 1),
    (("UINT32", "FIXED32"), 0, 2**32 - 1),
    (("INT64", "SINT64", "SFIXED64"), -(2**63), 2**63 - 1),
    (("UINT64", "FIXED64"), 0, 2**64 - 1),
):
    _READERS |= {getattr(FieldDescriptor, f"TYPE_{size}"): integer(_low, _high) for size in _sizes}


def reader_of(field: FieldDescriptor) -> Reader:
    """The reader of a scalar or enum field's values."""
    if field.type == FieldDescriptor.TYPE_STRING and is_secret(field):
        return verbatim
    return enum(field.enum_type) if field.enum_type else _READERS[field.type]


def is_secret(field: FieldDescriptor) -> bool:
    """True for what the contract keeps out of every log: it is taken as it is, and never from a URL."""
    return bool(field.GetOptions().debug_redact)
