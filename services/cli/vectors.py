"""What an operator is told of the index's vectors: the embedder in use, and the one that is on its way."""

from __future__ import annotations

from medichain.knowledge.v1 import knowledge_pb2
from services.mesh.errors import CallFailed
from services.mesh.host import Host
from services.mesh.settings import Settings

KNOWLEDGE = knowledge_pb2.DESCRIPTOR.services_by_name["KnowledgeService"]


async def told(settings: Settings) -> list[str]:
    """Lines for a terminal; what the settings ask for when knowledge does not answer."""
    try:
        host = Host.named("cli", settings, kind="operator")
    except FileNotFoundError as missing:
        return [f"vectors: not known: {missing}"]
    try:
        index = await host.mesh.client(KNOWLEDGE).GetIndex(knowledge_pb2.GetIndexRequest())
    except CallFailed:
        named = settings.embedding_provider or settings.embedding_model or "built-in Korean lexical"
        return [f"vectors: {named} (knowledge does not answer)"]
    finally:
        await host.mesh.close()
    return lines(index)


def lines(index: knowledge_pb2.GetIndexResponse) -> list[str]:
    """The index in use, what is wrong with it, and the one being built."""
    words = "; words alone for now" if index.words_only else ""
    found = [f"vectors: {index.embedding_model}, {index.dimensions} dimensions, {index.passages:,} passages{words}"]
    if index.HasField("building"):
        found.append(f"  being built: {_building(index.building)}")
    if index.last_problem:
        found.append(f"  problem: {index.last_problem}")
    return found


def _building(build: knowledge_pb2.IndexBuild) -> str:
    dimensions = f", {build.dimensions} dimensions" if build.dimensions else ""
    return f"{build.embedding_model}{dimensions}, {build.stage} {build.done:,} of {build.total:,}"
