"""Checks a request against the ``buf.validate`` rules of its contract."""

from __future__ import annotations

import contextlib
from typing import Any

import protovalidate

from services.mesh.errors import MeshError, Violation

_validator = protovalidate.Validator()


def prepare(message: Any) -> None:
    """Compiles the rules of a message's type, so that the first caller does not wait for it."""
    with contextlib.suppress(protovalidate.ValidationError):
        _validator.validate(message)


def validate(message: Any) -> None:
    """Raises INVALID_FIELD naming every field that breaks its rule."""
    try:
        _validator.validate(message)
    except protovalidate.ValidationError as refused:
        raise MeshError("INVALID_FIELD", [_violation(found.proto) for found in refused.violations]) from None


def _violation(found: Any) -> Violation:
    path = "".join(_step(element) for element in found.field.elements).removeprefix(".")
    return Violation(path, found.message)


def _step(element: Any) -> str:
    if element.subscript is None:
        return f".{element.field_name}"
    index = element.subscript.value
    return f".{element.field_name}[{index}]"
