"""Composition root of the medicine service."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator

from medichain.drug.v1 import drug_pb2
from medichain.specialist.v1 import specialist_pb2
from services.drug.consult import Consultation
from services.drug.ingest import FileReport, take_exports_in
from services.drug.lay_words import LayWords, read_lay_words
from services.drug.lexicon import Lexicon
from services.drug.page_token import PageTokens
from services.drug.pharmacist import Pharmacist
from services.drug.products import Products
from services.drug.resolver import Resolver
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
DATA = pathlib.Path(__file__).parent / "data"
WORDS = "classes.json"
RULES = "식약처 의약품안전사용서비스(DUR)"
SAMPLE_RULES = "식약처 DUR 표본 자료"
_FORMATS = frozenset({".json", ".xml", ".xlsx"})


async def build(server: MeshServer, host: Host) -> None:
    """Takes the shipped exports in when they are new, reads every name into memory, serves DrugService and Consult."""
    engine = open_engine(reference_url(host.settings))
    server.on_stop(engine.dispose)
    store, words = DrugStore(engine), read_lay_words(DATA / WORDS)
    async for progress in take_exports_in(store, exports_in(DATA), words):
        telemetry.log().debug("ingest", service="drug", file=progress.file, rows=progress.done)
    pharmacist = await ready_pharmacist(store, words)
    retriever = Retriever(host.mesh, specialist_pb2.DOMAIN_DRUG)
    pages = PageTokens(service_key(host.settings).as_pem(private=True))
    servicer = DrugServicer(store, pharmacist, Consultation(pharmacist, store, retriever), pages)
    server.add(DRUG, servicer)
    server.add(SPECIALIST, servicer)


async def ready_pharmacist(store: DrugStore, words: LayWords) -> Pharmacist:
    """A pharmacist who knows every name of the tables and of the lay words."""
    names = await store.ingredient_names()
    lexicon = Lexicon(await store.brands(), {**words.synonyms, **names}, words)
    source = SAMPLE_RULES if await store.rules_are_sample() else RULES
    return Pharmacist(Products(Resolver(lexicon), store), store, await store.rules_as_of(), source)


async def ingest(settings: Settings, folder: pathlib.Path | None = None) -> AsyncIterator[Progress]:
    """Takes every export of a folder in, or the shipped sample. A running service sees new names at its next start."""
    engine = open_engine(reference_url(settings))
    try:
        words = read_lay_words(DATA / WORDS)
        async for report in take_exports_in(DrugStore(engine), exports_in(folder or DATA), words):
            yield Progress(report.file, report.done, refused=report.refused, note=_note(report))
    finally:
        await engine.dispose()


def _note(report: FileReport) -> str:
    refused = [f"row {refusal.row}: {refusal.field} {refusal.why}" for refusal in report.refusals]
    said = [report.problem, *refused] if report.problem else refused
    return f"{report.file}: {'; '.join(said)}" if said else ""


def exports_in(folder: pathlib.Path) -> list[pathlib.Path]:
    """The export files of a folder, in the order of their names."""
    files = (path for path in folder.iterdir() if path.suffix.lower() in _FORMATS)
    return sorted(path for path in files if path.name != WORDS)
