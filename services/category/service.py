"""Composition root of category."""

from __future__ import annotations

from medichain.category.v1 import category_pb2
from services.category.model import Model
from services.category.neighbours import Neighbours
from services.category.servicer import CategoryServicer
from services.mesh.host import Host
from services.mesh.server import MeshServer

CATEGORY = category_pb2.DESCRIPTOR.services_by_name["CategoryService"]


async def build(server: MeshServer, host: Host) -> None:
    """Loads the model and serves CategoryService."""
    server.add(CATEGORY, CategoryServicer(Model.load(), Neighbours(host.mesh)))
