"""The knowledge service, put together."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import AsyncIterator

from medichain.knowledge.v1 import knowledge_pb2
from services.knowledge.analysis import KiwiAnalyser
from services.knowledge.consent import ACCOUNT, Consent, anybody
from services.knowledge.embedders import Embedders
from services.knowledge.embedding import wanted
from services.knowledge.ingest import DATA, take_in
from services.knowledge.keeper import Keeper, Place
from services.knowledge.query_vectors import PATIENCE, QueryVectors
from services.knowledge.reading import MODEL_WINDOW, Reader
from services.knowledge.servicer import KnowledgeServicer
from services.knowledge.store import Store
from services.llm.choice import targets
from services.llm.models import Models
from services.llm.providers import Role
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.storage.engine import open_engine, reference_url
from services.storage.progress import Progress

_WARMING = "화상은 흐르는 찬물에 식히세요."


async def build(server: MeshServer, host: Host) -> None:
    """Takes the shipped sample in unless real passages are there, opens or builds the index, and serves.

    The analyser loads while the first index is built by a process of its own.
    """
    settings = host.settings
    engine = open_engine(reference_url(settings))
    server.on_stop(engine.dispose)
    store = Store(engine)
    if not await store.holds_real_data():
        async for _ in take_in(store):
            pass
    keeper = Keeper(place_of(settings), store, Embedders(await endpoint_of(host, server)))
    server.on_stop(keeper.close)
    analyser, _ = await asyncio.gather(asyncio.to_thread(KiwiAnalyser), keeper.start())
    reader = Reader(keeper.in_use, analyser, MODEL_WINDOW if settings.embedding_model else 0.0)
    server.on_stop(reader.close)
    servicer = KnowledgeServicer(reader, keeper)
    server.add(knowledge_pb2.DESCRIPTOR.services_by_name["KnowledgeService"], servicer)


async def ingest(settings: Settings, folder: pathlib.Path | None = None) -> AsyncIterator[Progress]:
    """Takes passage files in, from ``<folder>/<domain>/<group>.jsonl`` or from the shipped sample."""
    engine = open_engine(reference_url(settings))
    try:
        async for progress in take_in(Store(engine), folder or DATA):
            yield progress
    finally:
        await engine.dispose()


def place_of(settings: Settings) -> Place:
    """Where this deployment's indexes live and what they are made from."""
    return Place(
        root=settings.path("index", "current").parent,
        examples=tuple(sorted((DATA / "examples").glob("*.jsonl"))),
        database=reference_url(settings).render_as_string(hide_password=False),
        embedder=wanted(settings),
    )


async def endpoint_of(host: Host, server: MeshServer) -> QueryVectors | None:
    """The endpoint that makes vectors of questions, when this deployment names one."""
    settings = host.settings
    name, chain = wanted(settings), targets(Role.EMBEDDING, settings)
    if not chain:
        return None
    # An endpoint that is not as quick as a search is late, and after five such times it is left alone for a while.
    models = Models(settings.model_copy(update={"llm_first_token_s": PATIENCE}))
    vectors = QueryVectors(name, models.embed, Consent(host.mesh.client(ACCOUNT)).given if chain[0].abroad else anybody)
    server.on_stop(models.close)
    server.on_stop(vectors.close)
    # Whoever asks first would wait for the client's own loading, and everybody with them.
    await vectors.of(_WARMING)
    return vectors
