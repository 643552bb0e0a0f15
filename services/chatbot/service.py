"""Composition root of the orchestrator."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

from medichain.account.v1 import account_pb2
from medichain.category.v1 import category_pb2
from medichain.chatbot.v1 import chatbot_pb2
from medichain.drug.v1 import drug_pb2
from medichain.knowledge.v1 import knowledge_pb2
from services.chatbot.answer_cache import AnswerCache
from services.chatbot.asker import Askers
from services.chatbot.budget import Budget
from services.chatbot.choices import ProviderChoices
from services.chatbot.composer import Composer
from services.chatbot.copies import Copies
from services.chatbot.data_version import DataVersion
from services.chatbot.erasure import Erasure
from services.chatbot.inspection import Inspection
from services.chatbot.journal import Journal
from services.chatbot.orchestrator import Orchestrator
from services.chatbot.outbox import OutboxRelay
from services.chatbot.provider_board import ProviderBoard
from services.chatbot.records import Turn
from services.chatbot.reuse import Reuse
from services.chatbot.running import Runs
from services.chatbot.servicer import ChatbotServicer
from services.chatbot.specialists import Specialists
from services.chatbot.stops import Stops
from services.chatbot.store import ConversationStore
from services.chatbot.streams import Streams
from services.chatbot.sweep import Sweep
from services.chatbot.upkeep import Upkeep
from services.chatbot.vocabulary import Vocabulary
from services.llm.models import Models
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.storage.audit import AuditLog
from services.storage.cipher import Keyring
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import master_keys
from services.storage.recent import RecentTurns
from services.storage.redis import open_redis
from services.storage.shards import ShardDirectory

CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
CATEGORY = category_pb2.DESCRIPTOR.services_by_name["CategoryService"]
KNOWLEDGE = knowledge_pb2.DESCRIPTOR.services_by_name["KnowledgeService"]
DRUG = drug_pb2.DESCRIPTOR.services_by_name["DrugService"]
ACCOUNT = account_pb2.DESCRIPTOR.services_by_name["AccountService"]


async def build(server: MeshServer, host: Host) -> None:
    """Opens the shards, the key store and Redis; serves ChatbotService; relays events and sweeps what has expired.

    What is opened first is closed last: answers being written end, and are stored, while everything is still there.
    """
    settings = host.settings
    keys, directory, redis = open_engine(key_url(settings), "keys"), ShardDirectory(settings), open_redis(settings)
    for close in (keys.dispose, directory.dispose, redis.aclose):
        server.on_stop(close)
    keyring = Keyring(keys, master_keys(settings))
    recent, retention = RecentTurns(redis, keyring, Turn), timedelta(days=settings.retention_days) or None
    store = ConversationStore(directory, keyring, recent, retention)
    upkeep, copies = Upkeep(directory, retention), Copies(redis, recent)
    runs = Runs()
    stops = Stops(redis, runs)
    streams = Streams(runs, Journal(redis, keyring), stops)
    models, vocabulary = Models(settings), Vocabulary(host.mesh.client(DRUG))
    data = DataVersion(host.mesh.client(KNOWLEDGE), vocabulary)
    server.on_stop(models.close)
    orchestrator = Orchestrator(
        store,
        host.mesh.client(CATEGORY),
        Specialists(host.mesh, settings.specialist_services),
        Askers(partial(host.mesh.client, ACCOUNT)),
        Composer(settings, models, vocabulary, Budget(redis, settings.daily_tokens)),
        Reuse(AnswerCache(redis, keyring), vocabulary, data),
        host.people.security,
    )
    servicer = ChatbotServicer(
        orchestrator,
        store,
        streams,
        ProviderBoard(models),
        ProviderChoices(redis, settings.session_days * 86_400),
        copies=copies,
        erasure=Erasure(directory, upkeep, copies),
        inspection=Inspection(AuditLog(directory.global_engine), directory),
    )
    server.add(CHATBOT, servicer)
    for work in (
        OutboxRelay(directory, redis).run(),
        Sweep(directory, upkeep, keyring, copies).run(),
        stops.listen(),
        vocabulary.watch(),
        data.watch(),
    ):
        _beside(server, work)
    server.on_stop(streams.end)


def _beside(server: MeshServer, work: Coroutine[Any, Any, None]) -> None:
    """Runs ``work`` beside the service until it stops."""
    task = asyncio.create_task(work)

    async def end() -> None:
        while not task.done():  # a wait inside of it may take the first wish for its own
            task.cancel()
            await asyncio.wait([task], timeout=1)

    server.on_stop(end)
