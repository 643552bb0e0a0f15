"""Which fields a PATCH changes: those its ``update_mask`` names, or else those the body holds (AIP-134)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor

from services.mesh.errors import InvalidField

MASK = "update_mask"
_TYPE = "google.protobuf.FieldMask"


def has_mask(request: Descriptor) -> bool:
    """True for a request that says which fields it changes."""
    field = request.fields_by_name.get(MASK)
    return field is not None and field.message_type is not None and field.message_type.full_name == _TYPE


def fill(request: Any, resource: Descriptor, given: Iterable[str]) -> None:
    """Completes the mask of a request with the names ``given`` in its body; ``resource`` is what the body describes.

    Raises INVALID_FIELD for a mask that names what the resource does not have, or the mask itself.
    """
    mask = getattr(request, MASK)
    if not request.HasField(MASK):
        by_name = {name: field.name for field in resource.fields for name in (field.name, field.json_name)}
        mask.paths.extend(by_name[name] for name in given if by_name.get(name, MASK) != MASK)
    elif not mask.IsValidForDescriptor(resource) or MASK in mask.paths:
        raise InvalidField(MASK, "names what is not a field of this request")
