"""JSON as messages after the protobuf JSON mapping, compiled once per message type.

Stricter than ``json_format``: unknown fields, repeated keys, null elements and numbers that are not finite are
refused, and every refusal names its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from gateway_rest.json_encoder import map_entry, well_known
from gateway_rest.json_input import child, malformed
from gateway_rest.json_scalars import Reader, reader_of, wrong
from services.mesh.errors import InvalidField


class _Field(NamedTuple):
    name: str
    json_name: str
    oneof: str | None
    read: Reader
    null: bool


class Decoder:
    """JSON values as messages of one type. Raises INVALID_FIELD with the path of the field at fault."""

    def __init__(self, kind: Descriptor) -> None:
        self._kind, self._message = kind, GetMessageClass(kind)

    @cached_property
    def _fields(self) -> Mapping[str, _Field]:
        known = [_field(field) for field in self._kind.fields]
        return {field.name: field for field in known} | {field.json_name: field for field in known}

    def __call__(self, tree: Any, path: str = "") -> Any:
        if not isinstance(tree, dict):
            raise wrong(tree, path, "must be an object")
        values: dict[str, Any] = {}
        oneofs: set[str] = set()
        for key, raw in tree.items():
            field = self._fields.get(key)
            if field is None:
                raise InvalidField(child(path, key), "is not a field of this request")
            where = f"{path}.{field.json_name}" if path else field.json_name
            if field.name in values or (field.oneof and raw is not None and field.oneof in oneofs):
                raise InvalidField(where, "is given twice")
            values[field.name] = None if raw is None and not field.null else field.read(raw, where)
            if field.oneof and raw is not None:
                oneofs.add(field.oneof)
        return self._message(**values)


@cache
def decoder_of(kind: Descriptor) -> Reader:
    """The decoder of a message type."""
    return _well_known_reader(kind) if well_known(kind) else Decoder(kind)


def decoded(kind: Descriptor, tree: Any) -> Any:
    """A whole request as a message."""
    try:
        return decoder_of(kind)(tree, "")
    except RecursionError:  # a message type that holds itself
        raise malformed("is nested too deeply") from None


def _well_known_reader(kind: Descriptor) -> Reader:
    message = GetMessageClass(kind)

    def read(value: Any, path: str) -> Any:
        try:
            return json_format.ParseDict(value, message())
        except (json_format.Error, ValueError, TypeError, AttributeError):  # its text quotes the value
            raise InvalidField(path, f"is not a {kind.name}") from None

    return read


def _field(field: FieldDescriptor) -> _Field:
    special = field.message_type or field.enum_type
    # Only in these two types does null mean something other than "not given".
    null = special is not None and special.full_name in ("google.protobuf.Value", "google.protobuf.NullValue")
    oneof = field.containing_oneof.name if field.containing_oneof else None
    return _Field(field.name, field.json_name, oneof, _read_of(field), null and not field.is_repeated)


def _read_of(field: FieldDescriptor) -> Reader:
    entry = map_entry(field)
    if entry:
        keys, values = entry
        return _read_map(_read_key(keys), _read_one(values))
    return _read_list(_read_one(field)) if field.is_repeated else _read_one(field)


def _read_one(field: FieldDescriptor) -> Reader:
    if not field.message_type:
        return reader_of(field)
    kind = field.message_type
    return lambda value, path: decoder_of(kind)(value, path)


def _read_list(one: Reader) -> Reader:
    def read(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise wrong(value, path, "must be a list")
        return [one(element, f"{path}[{index}]") for index, element in enumerate(value)]

    return read


def _read_map(key_of: Reader, one: Reader) -> Reader:
    def read(value: Any, path: str) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise wrong(value, path, "must be an object")
        found: dict[Any, Any] = {}
        for raw, element in value.items():
            key = key_of(raw, path)
            if key in found:
                raise InvalidField(path, "names a key twice")
            found[key] = one(element, child(path, raw))
        return found

    return read


def _read_key(field: FieldDescriptor) -> Reader:
    if field.type != FieldDescriptor.TYPE_BOOL:
        return reader_of(field)
    return lambda raw, path: reader_of(field)({"true": True, "false": False}.get(raw, raw), path)
