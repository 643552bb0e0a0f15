"""The emergency service, put together."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator
from datetime import datetime

from medichain.emergency_support.v1 import emergency_support_pb2
from medichain.specialist.v1 import specialist_pb2
from services.emergency_support.consult import Consultant
from services.emergency_support.first_aid import first_aid
from services.emergency_support.ingest import take_exports_in
from services.emergency_support.rooms import SEOUL
from services.emergency_support.servicer import EmergencySupportServicer
from services.emergency_support.store import RoomStore
from services.mesh import telemetry
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.safety.red_flags import assess
from services.specialist.retrieve import Retriever
from services.storage.engine import open_engine, reference_url
from services.storage.progress import Progress

EMERGENCY = emergency_support_pb2.DESCRIPTOR.services_by_name["EmergencySupportService"]
SPECIALIST = specialist_pb2.DESCRIPTOR.services_by_name["SpecialistService"]


async def build(server: MeshServer, host: Host) -> None:
    """Takes the shipped sample in unless real exports are there, compiles the rules, and serves."""
    engine = open_engine(reference_url(host.settings))
    server.on_stop(engine.dispose)
    store = RoomStore(engine)
    async for progress in take_exports_in(store):
        telemetry.log().info("ingested", kind=progress.source, rows=progress.done, refused=progress.refused)
    assess("")  # compiles every rule now, so that the first person in need does not wait for it
    retriever = Retriever(host.mesh, specialist_pb2.DOMAIN_EMERGENCY_SUPPORT)
    consultant = Consultant(first_aid(), store, retriever, now_in_seoul)
    servicer = EmergencySupportServicer(first_aid(), store, consultant, now_in_seoul)
    server.add(EMERGENCY, servicer)
    server.add(SPECIALIST, servicer)


async def ingest(settings: Settings, folder: pathlib.Path | None = None) -> AsyncIterator[Progress]:
    """Takes the exports of a folder in, or the shipped sample, for the command line."""
    engine = open_engine(reference_url(settings))
    try:
        async for progress in take_exports_in(RoomStore(engine), folder):
            yield progress
    finally:
        await engine.dispose()


def now_in_seoul() -> datetime:
    return datetime.now(SEOUL)
