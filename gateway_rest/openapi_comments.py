"""The comments of the contracts, by the full name of what they describe."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet

import medichain

# Numbers of descriptor.proto: which list of a file or message a step of a source path goes into.
_FILE_LISTS = {4: "message_type", 5: "enum_type", 6: "service"}
_INNER_LISTS = {
    "message_type": {2: "field", 3: "nested_type", 4: "enum_type"},
    "nested_type": {2: "field", 3: "nested_type", 4: "enum_type"},
    "enum_type": {2: "value"},
    "service": {2: "method"},
}


@cache
def comments() -> dict[str, str]:
    """Comments of messages, fields, enums, values, services and methods; values are named "package.Enum.VALUE"."""
    image = pathlib.Path(medichain.__path__[0]).parent / "medichain.binpb"
    return dict(_entries(FileDescriptorSet.FromString(image.read_bytes())))


def _entries(image: FileDescriptorSet) -> Iterator[tuple[str, str]]:
    for file in image.file:
        for location in file.source_code_info.location:
            if location.leading_comments:
                name = _name(file, list(location.path))
                if name:
                    yield name, " ".join(location.leading_comments.split())


def _name(file: Any, path: list[int]) -> str | None:
    """What a source path points to; None for options, imports and other places without a name."""
    names, place, lists = [file.package], file, _FILE_LISTS
    for step, index in zip(path[::2], path[1::2], strict=False):
        kind = lists.get(step)
        if kind is None:
            return None
        place = getattr(place, kind)[index]
        names.append(place.name)
        lists = _INNER_LISTS.get(kind, {})
    return ".".join(names) if len(path) % 2 == 0 else None
