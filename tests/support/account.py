"""The account service in this process, called as the mesh calls it: judged, checked, then served. No sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from medichain.account.v1 import account_pb2 as pb
from medichain.chatbot.v1 import chatbot_pb2
from services.account.service import ACCOUNT, House, assembled
from services.mesh.admission import Admission, People
from services.mesh.context import CallContext, entered
from services.mesh.errors import CallFailed
from services.mesh.identity import Verifier, service_key
from services.mesh.policy import policies_of
from services.mesh.settings import Settings
from services.mesh.signing_keys import SigningKeys
from services.mesh.tokens import TokenVerifier
from services.mesh.validation import validate
from services.storage.cipher import Keyring
from services.storage.engine import global_url, key_url, open_engine
from services.storage.master_keys import master_keys
from services.storage.migrate import histories, migrate
from services.storage.redis import open_redis
from services.storage.shards import ShardDirectory

HOME_ADDRESS, STRANGE_ADDRESS = "198.51.100.7", "203.0.113.99"
PASSWORD, OTHER_PASSWORD = "말이 되는 긴 비밀 문장 하나", "another long phrase, kept"


class FakeChatbot:
    """Keeps exchanges of nobody; ``away`` makes it absent."""

    def __init__(self, exchanges: Sequence[chatbot_pb2.Exchange] = ()) -> None:
        self.exchanges, self.erased, self.away = list(exchanges), list[str](), False

    async def ListExchanges(self, request: Any) -> chatbot_pb2.ListExchangesResponse:
        if request.page_token not in ("", "second"):
            raise CallFailed("INVALID_FIELD")
        start = 2 if request.page_token else 0
        token = "second" if not request.page_token and len(self.exchanges) > 2 else ""
        return chatbot_pb2.ListExchangesResponse(exchanges=self.exchanges[start : start + 2], next_page_token=token)

    async def EraseRecords(self, request: Any) -> chatbot_pb2.EraseRecordsResponse:
        if self.away:
            raise CallFailed("UNAVAILABLE")
        self.erased.append(request.account_id)
        return chatbot_pb2.EraseRecordsResponse()


class AccountHouse:
    """The parts, and the way a caller reaches them."""

    def __init__(self, settings: Settings, house: House, redis: Any, chatbot: FakeChatbot, events: list[Any]) -> None:
        self.settings, self.parts, self.redis, self.chatbot, self.events = settings, house, redis, chatbot, events
        self._policies = {path.rpartition("/")[2]: policy for path, policy in policies_of(ACCOUNT).items()}
        self._verifier = Verifier(service_key(settings))

    async def call(self, method: str, request: Any, token: str = "", address: str = HOME_ADDRESS) -> Any:
        """What a call over the network answers or raises; how a session stands is not remembered between calls."""
        policy = self._policies[method]
        people = People(TokenVerifier(SigningKeys(self._keys), self.parts.register))
        carried = CallContext(authorization=f"Bearer {token}" if token else "")
        admission = Admission(self._verifier, people)
        call = await admission.admitted(carried, {}, policy, f"ipv4:{address}:40000")
        validate(request)
        with entered(call):
            return await getattr(self.parts.servicer, method)(request, None)

    async def person(self, token: str) -> Any:
        """Whom the mesh takes the bearer for."""
        return await TokenVerifier(SigningKeys(self._keys), self.parts.register).person(token)

    async def as_service(self, method: str, request: Any, token: str) -> Any:
        """A call that another service makes for a person."""
        with entered(CallContext(person=await self.person(token))):
            return await getattr(self.parts.servicer, method)(request, None)

    async def register(self, login: str = "kim", password: str = PASSWORD, /, **given: Any) -> Any:
        return await self.call("CreateAccount", pb.CreateAccountRequest(id=login, password=password, **given))

    async def log_in(self, name: str = "kim", password: str = PASSWORD, address: str = HOME_ADDRESS) -> Any:
        request = pb.CreateSessionRequest(id=name, password=password, device="phone")
        return await self.call("CreateSession", request, address=address)

    async def refresh(self, token: str) -> Any:
        return await self.call("RefreshSession", pb.RefreshSessionRequest(refresh_token=token))

    async def state(self, token: str) -> Any:
        """The session's state, as its holder is told."""
        return (await self.call("GetSession", pb.GetSessionRequest(), token)).state

    async def _keys(self) -> Any:
        return (await self.parts.servicer.GetSigningKeys(pb.GetSigningKeysRequest(), None)).keys


async def _migrate(settings: Settings) -> None:
    """The databases this service has; what medicines and clinics need is nothing to it."""
    await migrate("global", global_url(settings), settings)
    for history, url in await histories(settings):
        if history in ("keys", "shard"):
            await migrate(history, url)


@asynccontextmanager
async def account_house(settings: Settings, migrated: bool = False) -> AsyncIterator[AccountHouse]:
    """The service over a deployment's databases, which are migrated first."""
    if not migrated:
        await _migrate(settings)
    keys, redis, directory = open_engine(key_url(settings)), open_redis(settings), ShardDirectory(settings)
    events: list[Any] = []

    async def security(kind: str, method: str, account: str = "", address: str = "") -> None:
        events.append((kind, method, account))

    chatbot = FakeChatbot()
    keyring = Keyring(keys, master_keys(settings))
    house = assembled(settings, directory, keyring, redis, lambda: chatbot, security)
    try:
        yield AccountHouse(settings, house, redis, chatbot, events)
    finally:
        await house.close()
        await redis.aclose()
        await directory.dispose()
        await keys.dispose()
