"""Composition root of accounts, sessions and consents."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from medichain.account.v1 import account_pb2, operator_pb2
from medichain.chatbot.v1 import chatbot_pb2
from services.account.demo_accounts import DemoAccounts
from services.account.erasure import Eraser
from services.account.locks import Locks
from services.account.moves import Mover
from services.account.operator_servicer import OperatorServicer
from services.account.operators import Operators
from services.account.passwords import PasswordHasher
from services.account.persons import Persons
from services.account.registration import Registrar
from services.account.servicer import AccountServicer
from services.account.session_store import SessionStore
from services.account.sessions import SessionRules, Sessions
from services.account.shard_store import ShardStore
from services.account.store import AccountStore
from services.account.tokens import TokenSigner, made_on_first_use
from services.account.upkeep import Reconciler, Upkeep
from services.mesh.host import Host
from services.mesh.people import Security
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.storage.audit import AuditLog
from services.storage.cipher import Keyring
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import master_keys
from services.storage.redis import open_redis
from services.storage.sessions import SessionRegister
from services.storage.shards import ShardDirectory

ACCOUNT = account_pb2.DESCRIPTOR.services_by_name["AccountService"]
OPERATOR = operator_pb2.DESCRIPTOR.services_by_name["OperatorService"]
CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
DAY = 24 * 3600


async def build(server: MeshServer, host: Host) -> None:
    """Opens the databases and Redis, serves AccountService and OperatorService, finishes what was interrupted."""
    settings = host.settings
    keys, redis, directory = open_engine(key_url(settings)), open_redis(settings), ShardDirectory(settings)
    keyring = Keyring(keys, master_keys(settings))
    house = assembled(settings, directory, keyring, redis, lambda: host.mesh.client(CHATBOT), host.people.security)
    server.add(ACCOUNT, house.servicer)
    server.add(OPERATOR, house.operator_servicer)
    server.on_stop(redis.aclose)
    server.on_stop(keys.dispose)
    server.on_stop(directory.dispose)
    server.on_stop(house.close)
    _beside(server, house.upkeep.run())
    _beside(server, house.reconciler.run())
    _beside(server, house.mover.run())


@dataclass(frozen=True, slots=True)
class House:
    """The parts of this service, put together."""

    servicer: AccountServicer
    store: AccountStore
    rows: SessionStore
    register: SessionRegister
    sessions: Sessions
    registrar: Registrar
    persons: Persons
    eraser: Eraser
    hasher: PasswordHasher
    upkeep: Upkeep
    reconciler: Reconciler
    mover: Mover
    operator_servicer: OperatorServicer

    async def close(self) -> None:
        await self.mover.close()
        self.hasher.close()


def assembled(
    settings: Settings,
    directory: ShardDirectory,
    keyring: Keyring,
    redis: Redis,
    chatbot: Callable[[], Any],
    security: Security,
) -> House:
    """The parts of this service over databases that are open. ``chatbot`` gives the client of ChatbotService.

    It is asked for when first needed: the two services call each other and may start in any order.
    """
    life = settings.session_days * DAY
    hasher, locks, register = PasswordHasher(), Locks(redis), SessionRegister(redis)
    store = AccountStore(directory, keyring)
    rows = SessionStore(store)
    signer = TokenSigner(made_on_first_use(settings), settings.access_token_minutes)
    rules = SessionRules(life, settings.single_session)
    sessions = Sessions(store, rows, register, locks, hasher, signer, security, rules)
    persons, registrar = Persons(store, redis), Registrar(store, hasher, settings.password_min_length)

    async def erase_records(account_id: str) -> None:
        await chatbot().EraseRecords(chatbot_pb2.EraseRecordsRequest(account_id=account_id))

    eraser = Eraser(store, rows, register, persons, locks, erase_records)
    servicer = AccountServicer(store, rows, sessions, registrar, hasher, persons, eraser, signer, chatbot)
    upkeep = Upkeep(store, rows, register, eraser, life)
    reconciler = Reconciler(store, rows, register, sessions, life)
    mover, audit = Mover(directory, register, life), AuditLog(directory.global_engine)
    demo = DemoAccounts(store, registrar, settings.embedded)
    operators = Operators(store, sessions, register, mover, audit)
    operator_servicer = OperatorServicer(ShardStore(settings, directory), operators, demo, audit)
    return House(
        servicer=servicer,
        store=store,
        rows=rows,
        register=register,
        sessions=sessions,
        registrar=registrar,
        persons=persons,
        eraser=eraser,
        hasher=hasher,
        upkeep=upkeep,
        reconciler=reconciler,
        mover=mover,
        operator_servicer=operator_servicer,
    )


def _beside(server: MeshServer, work: Coroutine[Any, Any, None]) -> None:
    """Runs ``work`` beside the service until it stops."""
    task = asyncio.ensure_future(work)

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    server.on_stop(end)
