"""The clinic service, put together."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator
from datetime import datetime

from medichain.clinic.v1 import clinic_pb2
from medichain.specialist.v1 import specialist_pb2
from services.clinic.consult import Consultant
from services.clinic.ingest import SAMPLE, take_exports_in
from services.clinic.list_nearby import NearbyLister
from services.clinic.opening_hours import SEOUL
from services.clinic.register import Register
from services.clinic.servicer import ClinicServicer
from services.clinic.store import ClinicStore
from services.mesh import telemetry
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.specialist.retrieve import Retriever
from services.storage.engine import open_engine, reference_url
from services.storage.progress import Progress


async def build(server: MeshServer, host: Host) -> None:
    """Takes the shipped sample in unless real exports are there, learns the names, and serves."""
    engine = open_engine(reference_url(host.settings))
    server.on_stop(engine.dispose)
    store = ClinicStore(engine)
    if not await store.holds_real_data():
        async for progress in take_exports_in(store):
            if progress.done == progress.total:
                telemetry.log().info("ingested", kind=progress.source, rows=progress.total, refused=progress.refused)
    register = Register(store)
    await register.known()
    consultant = Consultant(register, Retriever(host.mesh, specialist_pb2.DOMAIN_CLINIC), now_in_seoul)
    servicer = ClinicServicer(NearbyLister(register, now_in_seoul), consultant)
    server.add(clinic_pb2.DESCRIPTOR.services_by_name["ClinicService"], servicer)
    server.add(specialist_pb2.DESCRIPTOR.services_by_name["SpecialistService"], servicer)


async def ingest(settings: Settings, folder: pathlib.Path | None = None) -> AsyncIterator[Progress]:
    """Takes official exports in, from ``folder`` or from the shipped sample."""
    engine = open_engine(reference_url(settings))
    try:
        async for progress in take_exports_in(ClinicStore(engine), folder or SAMPLE):
            yield progress
    finally:
        await engine.dispose()


def now_in_seoul() -> datetime:
    return datetime.now(SEOUL)
