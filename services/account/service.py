"""Composition root of accounts, sessions and consents."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from medichain.account.v1 import account_pb2
from medichain.chatbot.v1 import chatbot_pb2
from services.account.erasure import Eraser
from services.account.locks import Locks
from services.account.passwords import PasswordHasher
from services.account.persons import Persons
from services.account.registration import Registrar
from services.account.servicer import AccountServicer
from services.account.session_store import SessionStore
from services.account.sessions import SessionRules, Sessions
from services.account.store import AccountStore
from services.account.tokens import TokenSigner, made_on_first_use
from services.account.upkeep import Reconciler, Upkeep
from services.mesh.client import Client
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.storage.cipher import Keyring, master_key
from services.storage.engine import key_url, open_engine
from services.storage.redis import open_redis
from services.storage.sessions import SessionRegister
from services.storage.shards import ShardDirectory

ACCOUNT = account_pb2.DESCRIPTOR.services_by_name["AccountService"]
CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
DAY = 24 * 3600


async def build(server: MeshServer, host: Host) -> None:
    """Opens the directory, the key store and Redis; serves AccountService; finishes what was interrupted."""
    settings = host.settings
    keys, redis = open_engine(key_url(settings)), open_redis(settings)
    directory, hasher = ShardDirectory(settings), PasswordHasher()
    store = AccountStore(directory, Keyring(keys, master_key(settings)))
    rows, register, locks = SessionStore(store), SessionRegister(redis), Locks(redis)
    rules = SessionRules(settings.session_days * DAY, settings.single_session)
    signer = TokenSigner(made_on_first_use(settings), settings.access_token_minutes)
    sessions = Sessions(store, rows, register, locks, hasher, signer, host.people.security, rules)
    persons, chatbot = Persons(store, redis), host.mesh.client(CHATBOT)
    eraser = Eraser(store, rows, register, persons, locks, _records_of(chatbot))
    registrar = Registrar(store, hasher, settings.password_min_length)
    server.add(
        ACCOUNT,
        AccountServicer(store, rows, sessions, registrar, hasher, persons, eraser, signer, chatbot),
    )
    server.on_stop(redis.aclose)
    server.on_stop(keys.dispose)
    server.on_stop(directory.dispose)

    async def stop_hashing() -> None:
        hasher.close()

    server.on_stop(stop_hashing)
    _beside(server, Upkeep(store, rows, register, eraser, rules.seconds).run())
    _beside(server, Reconciler(store, rows, register, sessions, rules.seconds).run())


def _records_of(chatbot: Client) -> Any:
    """Removes what the chatbot service keeps of an account."""

    async def erase(account_id: str) -> None:
        await chatbot.EraseRecords(chatbot_pb2.EraseRecordsRequest(account_id=account_id))

    return erase


def _beside(server: MeshServer, work: Coroutine[Any, Any, None]) -> None:
    """Runs ``work`` beside the service until it stops."""
    task = asyncio.ensure_future(work)

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    server.on_stop(end)
