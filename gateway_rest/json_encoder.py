"""Messages as JSON after the protobuf JSON mapping, compiled once per message type.

Encoding gives what ``json_format.MessageToDict(always_print_fields_with_no_presence=True)`` gives, several times
faster: a list of 20 medicines takes 0.04 ms in place of 0.17.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from ctypes import c_float
from functools import cache, cached_property, partial
from operator import attrgetter
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor

Encode = Callable[[Any], Any]
_QUOTED = frozenset(
    {
        FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_SINT64,
        FieldDescriptor.TYPE_FIXED64, FieldDescriptor.TYPE_SFIXED64,
    }
)  # fmt: skip


class Encoder:
    """Messages of one type as JSON values."""

    def __init__(self, kind: Descriptor) -> None:
        self._kind = kind

    @cached_property
    def _plain(self) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
        """JSON names of the fields that are always printed, and what gets their values in one step."""
        fields = [field for field in self._kind.fields if not field.has_presence]
        names = tuple(field.json_name for field in fields)
        if len(fields) > 1:
            return names, attrgetter(*(field.name for field in fields))
        only = [attrgetter(field.name) for field in fields]
        return names, lambda message: tuple(get(message) for get in only)

    @cached_property
    def _converted(self) -> list[tuple[str, Encode]]:
        """Those of them whose values JSON does not hold as they are."""
        made = ((field.json_name, _encode_of(field)) for field in self._kind.fields if not field.has_presence)
        return [(name, encode) for name, encode in made if encode]

    @cached_property
    def _optional(self) -> list[tuple[str, str, Encode | None]]:
        return [(field.name, field.json_name, _encode_of(field)) for field in self._kind.fields if field.has_presence]

    def __call__(self, message: Any) -> dict[str, Any]:
        names, get = self._plain
        out = dict(zip(names, get(message), strict=True))
        for name, encode in self._converted:
            out[name] = encode(out[name])
        for attribute, name, convert in self._optional:
            if message.HasField(attribute):
                value = getattr(message, attribute)
                out[name] = convert(value) if convert else value
        return out


@cache
def encoder_of(kind: Descriptor) -> Encode:
    """The encoder of a message type."""
    if well_known(kind):
        return partial(json_format.MessageToDict, always_print_fields_with_no_presence=True)
    return Encoder(kind)


def well_known(kind: Descriptor) -> bool:
    """True for the types whose JSON is special (times, wrappers, structs); json_format keeps those."""
    return bool(kind.file.package == "google.protobuf")


def map_entry(field: FieldDescriptor) -> tuple[FieldDescriptor, FieldDescriptor] | None:
    """The key and value fields of a map field; None for any other field."""
    entry = field.message_type
    if entry is None or not entry.GetOptions().map_entry:
        return None
    return entry.fields_by_name["key"], entry.fields_by_name["value"]


def _encode_of(field: FieldDescriptor) -> Encode | None:
    entry = map_entry(field)
    if entry:
        keys, values = entry
        return _encode_map(_encode_key(keys), _encode_one(values))
    one = _encode_one(field)
    if not field.is_repeated:
        return one
    return list if one is None else lambda values: [one(value) for value in values]


def _encode_map(key_text: Callable[[Any], str], one: Encode | None) -> Encode:
    def encode(values: Any) -> dict[str, Any]:
        return {key_text(key): one(values[key]) if one else values[key] for key in values}

    return encode


def _encode_key(field: FieldDescriptor) -> Callable[[Any], str]:
    if field.type == FieldDescriptor.TYPE_BOOL:
        return lambda key: "true" if key else "false"
    return str


def _encode_one(field: FieldDescriptor) -> Encode | None:
    """How one value of the field is converted, or None when it stands in JSON as it is."""
    if field.message_type:
        return encoder_of(field.message_type)
    if field.enum_type:
        names = {value.number: value.name for value in reversed(field.enum_type.values)}
        return lambda number: names.get(number, number)
    if field.type in _QUOTED:
        return str
    return {
        FieldDescriptor.TYPE_BYTES: lambda value: base64.b64encode(value).decode(),
        FieldDescriptor.TYPE_DOUBLE: _real,
        FieldDescriptor.TYPE_FLOAT: lambda value: _real(_shortest(value)),
    }.get(field.type)


def _real(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _shortest(value: float) -> float:
    """The double with the fewest digits that is this 32-bit number."""
    candidates = (float(f"{value:.{digits}g}") for digits in range(6, 10))
    return next((found for found in candidates if c_float(found).value == value), value)
