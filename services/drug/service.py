"""Composition root of the medicine service."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import AsyncIterator, Awaitable, Callable

from medichain.drug.v1 import drug_pb2
from medichain.specialist.v1 import specialist_pb2
from services.drug.consult import Consultation
from services.drug.ingest import DATA, WORDS, FileReport, exports_in, sample_exports, take_exports_in
from services.drug.lay_words import read_lay_words
from services.drug.page_token import PageTokens
from services.drug.pharmacist import Pharmacist
from services.drug.register import Register
from services.drug.servicer import DrugServicer
from services.drug.store import DrugStore
from services.mesh import telemetry
from services.mesh.host import Host
from services.mesh.identity import service_key
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.specialist.retrieve import Retriever
from services.storage.engine import open_engine, reference_url
from services.storage.progress import Progress

DRUG = drug_pb2.DESCRIPTOR.services_by_name["DrugService"]
SPECIALIST = specialist_pb2.DESCRIPTOR.services_by_name["SpecialistService"]


async def build(server: MeshServer, host: Host) -> None:
    """Takes the shipped exports in unless real ones are there, reads the register, serves DrugService and Consult."""
    engine = open_engine(reference_url(host.settings))
    server.on_stop(engine.dispose)
    store, words = DrugStore(engine), read_lay_words(DATA / WORDS)
    async for progress in take_exports_in(store, await sample_exports(store), words):
        telemetry.log().debug("ingest", service="drug", file=progress.file, rows=progress.done)
    register = Register(store, words)
    await register.renew()
    server.on_stop(_watching(register))
    pharmacist = Pharmacist(register, store)
    consultation = Consultation(pharmacist, store, Retriever(host.mesh, specialist_pb2.DOMAIN_DRUG))
    pages = PageTokens(service_key(host.settings).as_pem(private=True))
    servicer = DrugServicer(register, store, pharmacist, consultation, pages)
    server.add(DRUG, servicer)
    server.add(SPECIALIST, servicer)


def _watching(register: Register) -> Callable[[], Awaitable[None]]:
    """Keeps the register fresh until the function returned is called."""
    watching = asyncio.create_task(register.watch())

    async def end() -> None:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    return end


async def ingest(settings: Settings, folder: pathlib.Path | None = None) -> AsyncIterator[Progress]:
    """Takes every export of a folder in, or of the shipped sample what no real export stands for. A running service
    sees it within half a minute."""
    engine = open_engine(reference_url(settings))
    try:
        store, words = DrugStore(engine), read_lay_words(DATA / WORDS)
        exports = exports_in(folder) if folder else await sample_exports(store)
        async for report in take_exports_in(store, exports, words):
            yield Progress(report.file, report.done, refused=report.refused, note=_note(report))
    finally:
        await engine.dispose()


def _note(report: FileReport) -> str:
    refused = [f"row {refusal.row}: {refusal.field} {refusal.why}" for refusal in report.refusals]
    said = [report.problem, *refused] if report.problem else refused
    return f"{report.file}: {'; '.join(said)}" if said else ""
