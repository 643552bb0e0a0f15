"""Writers by name."""

from __future__ import annotations

from services.llm.extractive import ExtractiveWriter
from services.llm.provider import Writer
from services.mesh.errors import InvalidField

_WRITERS: dict[str, Writer] = {ExtractiveWriter.name: ExtractiveWriter()}


def writer(name: str) -> Writer:
    """The writer of that name. Raises INVALID_FIELD when there is none."""
    if name not in _WRITERS:
        raise InvalidField("providers", "names a provider this deployment does not have")
    return _WRITERS[name]
