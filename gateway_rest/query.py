"""Query strings as the JSON tree that the decoder reads.

"location.latitude=37.5" is {"location": {"latitude": "37.5"}}; fields are named as in JSON or as in the contract.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway_rest.json_encoder import map_entry, well_known
from gateway_rest.json_scalars import is_secret
from services.mesh.errors import InvalidField, MeshError

LIMIT = 64 * 1024
_PARAMETERS = 1000
_QUERY = "query string"
_BOOLEANS = {"true": True, "false": False}


def tree_of(kind: Descriptor, query: bytes) -> dict[str, Any]:
    """The tree of a query string for a message type. Raises INVALID_FIELD with the parameter at fault, or TOO_LARGE."""
    if len(query) > LIMIT:
        raise MeshError("TOO_LARGE")
    tree: dict[str, Any] = {}
    for name, value in _pairs(query):
        _put(tree, kind, name, value)
    return tree


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS)
    except ValueError:  # also what is not UTF-8; its text quotes the query
        raise InvalidField(_QUERY, "cannot be read") from None


def _put(tree: dict[str, Any], kind: Descriptor, name: str, value: str) -> None:
    path, field = "", None
    for step in name.split("."):
        if field is not None:
            tree, kind = _descended(tree, field, path)
        field = _named(kind, step, path)
        path = f"{path}.{field.json_name}" if path else field.json_name
    if field is None or (field.message_type and not well_known(field.message_type)):
        raise InvalidField(path, "cannot be given in the query")
    if is_secret(field):
        raise InvalidField(path, "belongs into the body")  # URLs are written into logs on their way
    if field.is_repeated:
        tree.setdefault(field.json_name, []).append(_scalar(field, value))
    elif field.json_name in tree:
        raise InvalidField(path, "is given twice")
    else:
        tree[field.json_name] = _scalar(field, value)


def _descended(tree: dict[str, Any], field: FieldDescriptor, path: str) -> tuple[dict[str, Any], Descriptor]:
    nested = field.message_type
    if nested is None or field.is_repeated or map_entry(field) or well_known(nested):
        raise InvalidField(path, "has no fields of its own")
    return tree.setdefault(field.json_name, {}), nested


def _named(kind: Descriptor, step: str, path: str) -> FieldDescriptor:
    for field in kind.fields:
        if step in (field.json_name, field.name):
            return field
    known = step.isascii() and step.replace("_", "a").isalnum() and len(step) <= 64
    named = ".".join(filter(None, (path, step))) if known else path or _QUERY
    raise InvalidField(named, "is not a parameter of this request")


def _scalar(field: FieldDescriptor, value: str) -> Any:
    return _BOOLEANS.get(value, value) if field.type == FieldDescriptor.TYPE_BOOL else value
