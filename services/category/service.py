"""Composition root of category."""

from __future__ import annotations

from medichain.category.v1 import category_pb2
from services.category.classifier import classified
from services.category.model import Model
from services.category.neighbours import Neighbours
from services.category.servicer import CategoryServicer
from services.mesh.host import Host
from services.mesh.server import MeshServer

CATEGORY = category_pb2.DESCRIPTOR.services_by_name["CategoryService"]


async def build(server: MeshServer, host: Host) -> None:
    """Loads the model, classifies once so that the first caller does not wait, and serves CategoryService."""
    model = Model.load()
    classified(model, "두통약을 먹어도 열이 나요. 어느 과로 가나요?", ())
    server.add(CATEGORY, CategoryServicer(model, Neighbours(host.mesh)))
