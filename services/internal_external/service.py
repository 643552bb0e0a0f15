"""Composition root of the department recommender. It has no store: its tables are two files."""

from __future__ import annotations

from medichain.internal_external.v1 import internal_external_pb2
from medichain.specialist.v1 import specialist_pb2
from services.internal_external.consult import Consultant
from services.internal_external.departments import Recommender
from services.internal_external.servicer import InternalExternalServicer, SpecialistServicer
from services.internal_external.tables import load
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.specialist.retrieve import Retriever

INTERNAL_EXTERNAL = internal_external_pb2.DESCRIPTOR.services_by_name["InternalExternalService"]
SPECIALIST = specialist_pb2.DESCRIPTOR.services_by_name["SpecialistService"]


async def build(server: MeshServer, host: Host) -> None:
    """Reads the tables; serves InternalExternalService and SpecialistService."""
    tables = load()
    recommender = Recommender(tables)
    retriever = Retriever(host.mesh, specialist_pb2.DOMAIN_INTERNAL_EXTERNAL)
    server.add(INTERNAL_EXTERNAL, InternalExternalServicer(recommender))
    server.add(SPECIALIST, SpecialistServicer(Consultant(tables, recommender, retriever)))
