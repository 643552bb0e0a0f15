"""The deployment's services, as the generated code declares them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor

import medichain


def files() -> Iterator[FileDescriptor]:
    """Every contract in the ``medichain`` package, by name."""
    for module in pkgutil.walk_packages(medichain.__path__, "medichain."):
        if module.name.endswith("_pb2"):
            yield importlib.import_module(module.name).DESCRIPTOR


def services() -> list[ServiceDescriptor]:
    """Every service, by its contract's name and in the order of the contract."""
    return [service for file in files() for service in file.services_by_name.values()]
