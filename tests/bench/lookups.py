"""Look-ups by themselves, over gRPC and in process: medicines, interactions, facilities nearby, passages."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor
from sqlalchemy import select

from medichain.clinic.v1 import clinic_pb2
from medichain.drug.v1 import drug_pb2
from medichain.knowledge.v1 import knowledge_pb2
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.storage.engine import open_engine, reference_url
from services.storage.tables.reference import drug_information, drug_name, knowledge_passage
from tests.bench.facilities import PLACES
from tests.bench.figures import Figure, latency, median

DRUG = drug_pb2.DESCRIPTOR.services_by_name["DrugService"]
CLINIC = clinic_pb2.DESCRIPTOR.services_by_name["ClinicService"]
KNOWLEDGE = knowledge_pb2.DESCRIPTOR.services_by_name["KnowledgeService"]
AIMS_MS = {"medicines by name": 15, "passages": 15, "interactions of 10": 5, "facilities nearby": 10}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of look-up: its RPC and the requests that are made in turn."""

    name: str
    service: ServiceDescriptor
    rpc: str
    requests: Sequence[Any]


class Recorder(MeshServer):
    """Takes a composition root's servicers without serving them."""

    def __init__(self, host: Host) -> None:
        super().__init__("bench", host.verifier)
        self.servicers: dict[str, Any] = {}
        self.ends: list[Callable[[], Awaitable[None]]] = []

    def add(self, service: ServiceDescriptor, servicer: object) -> None:
        self.servicers[service.full_name] = servicer

    def on_stop(self, callback: Callable[[], Awaitable[None]]) -> None:
        self.ends.append(callback)

    async def end(self) -> None:
        for callback in reversed(self.ends):
            await callback()


async def kinds(host: Host, count: int) -> list[Kind]:
    """``count`` requests of each kind, drawn from what the database holds; half of the names are typed short."""
    source = random.Random(11)
    names, brands, titles = await _drawn(host, source, count)
    typed = [name.partition("(")[0] if number % 2 else brands[number] for number, name in enumerate(names)]
    lists = [source.sample(names, min(10, len(names))) for _ in range(count)]
    places = [source.choices(PLACES, [place.weight for place in PLACES])[0] for _ in range(count)]
    return [
        Kind("medicines by name", DRUG, "SearchDrugs", [drug_pb2.SearchDrugsRequest(query=name) for name in typed]),
        Kind(
            "interactions of 10", DRUG, "CheckInteractions",
            [drug_pb2.CheckInteractionsRequest(items=items) for items in lists],
        ),
        Kind(
            "facilities nearby", CLINIC, "ListNearbyClinics",
            [
                clinic_pb2.ListNearbyClinicsRequest(
                    latitude=place.latitude, longitude=place.longitude, open_now=bool(number % 2)
                )
                for number, place in enumerate(places)
            ],
        ),
        Kind("passages", KNOWLEDGE, "Search", [knowledge_pb2.SearchRequest(query=title) for title in titles]),
    ]  # fmt: skip


async def over_grpc(host: Host, group: str, asked: Sequence[Kind]) -> tuple[list[Figure], dict[str, float]]:
    """Each kind over the mesh, one call after the other; also the median seconds of each."""
    figures, medians = [], {}
    for kind in asked:
        call = getattr(host.mesh.client(kind.service), kind.rpc)
        seconds = await _timed(call, kind.requests)
        medians[kind.name] = median(seconds)
        figures.append(latency(group, f"{kind.name}, over gRPC", seconds, AIMS_MS[kind.name]))
    return figures, medians


async def in_process(
    host: Host, group: str, asked: Sequence[Kind], roots: dict[str, Any], against: dict[str, float]
) -> list[Figure]:
    """Each kind on the servicers that ``roots`` (composition roots by service) build, without the wire."""
    recorder = Recorder(host)
    try:
        for build in roots.values():
            await build(recorder, host)
        figures = []
        for kind in asked:
            servicer = recorder.servicers.get(kind.service.full_name)
            if servicer is not None:
                method = getattr(servicer, kind.rpc)
                seconds = await _timed(lambda request, method=method: method(request, None), kind.requests)
                figures.append(latency(group, f"{kind.name}, in process", seconds, None, against[kind.name]))
        return figures
    finally:
        await recorder.end()


async def _timed(call: Callable[[Any], Awaitable[Any]], requests: Sequence[Any]) -> list[float]:
    for request in requests[: max(1, len(requests) // 10)]:
        await call(request)
    seconds = []
    for request in requests:
        began = time.perf_counter()
        await call(request)
        seconds.append(time.perf_counter() - began)
    return seconds


async def _drawn(host: Host, source: random.Random, count: int) -> tuple[list[str], list[str], list[str]]:
    """Names of medicines, brand keys, titles of passages."""
    engine = open_engine(reference_url(host.settings))
    try:
        async with engine.connect() as connection:
            drawn = []
            brand = select(drug_name.c.key).where(drug_name.c.kind == "brand")
            for query in (select(drug_information.c.name), brand, select(knowledge_passage.c.title)):
                found = sorted(await connection.scalars(query))
                drawn.append(source.choices(found, k=count))
            return drawn[0], drawn[1], drawn[2]
    finally:
        await engine.dispose()
