"""Composition root of the orchestrator."""

from __future__ import annotations

import asyncio
import contextlib

from medichain.category.v1 import category_pb2
from medichain.chatbot.v1 import chatbot_pb2
from services.chatbot.orchestrator import Orchestrator
from services.chatbot.outbox import OutboxRelay
from services.chatbot.servicer import ChatbotServicer
from services.chatbot.shards import Shards
from services.chatbot.specialists import Specialists
from services.chatbot.store import ConversationStore
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.storage.cipher import Keyring, master_key
from services.storage.engine import key_url, open_engine, shard_urls
from services.storage.redis import open_redis

CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
CATEGORY = category_pb2.DESCRIPTOR.services_by_name["CategoryService"]
SWEEP_SECONDS = 600


async def build(server: MeshServer, host: Host) -> None:
    """Opens the shards, the key store and Redis; serves ChatbotService; relays events and sweeps what has expired."""
    settings = host.settings
    keys = open_engine(key_url(settings))
    shards = Shards([open_engine(url) for url in shard_urls(settings)])
    redis = open_redis(settings)
    server.on_stop(redis.aclose)
    server.on_stop(keys.dispose)
    server.on_stop(shards.dispose)
    store = ConversationStore(shards, Keyring(keys, master_key(settings)))
    orchestrator = Orchestrator(store, host.mesh.client(CATEGORY), Specialists(host.mesh, settings.specialist_services))
    server.add(CHATBOT, ChatbotServicer(orchestrator, store, settings.llm_provider))
    _beside(server, OutboxRelay(shards, redis).run())
    _beside(server, _sweeping(store))


def _beside(server: MeshServer, work: object) -> None:
    """Runs ``work`` beside the service until it stops."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    server.on_stop(end)


async def _sweeping(store: ConversationStore) -> None:
    while True:
        await store.sweep()
        await asyncio.sleep(SWEEP_SECONDS)
