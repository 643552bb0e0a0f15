"""The account service's public keys, as this process remembers them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from joserfc.jwk import OKPKey

from medichain.account.v1 import account_pb2
from services.mesh import telemetry
from services.mesh.client import Mesh
from services.mesh.context import CallContext, entered
from services.mesh.errors import CallFailed, MeshError

ACCOUNT = account_pb2.DESCRIPTOR.services_by_name["AccountService"]
# An unknown key id is asked about at most this often; known keys are asked for anew when they are this old.
REFETCH_SECONDS = 1.0
STALE_SECONDS = 300.0
MOST_KEYS = 100

Fetch = Callable[[], Awaitable[Iterable[account_pb2.SigningKey]]]


def published_by_account(mesh: Mesh) -> Fetch:
    """Fetches the keys from the account service, when first needed: services may start in any order."""

    async def fetch() -> Iterable[account_pb2.SigningKey]:
        # A call of nobody's: were the person's token sent along, judging it would need the keys being fetched.
        with entered(CallContext()):
            answer = await mesh.client(ACCOUNT).GetSigningKeys(account_pb2.GetSigningKeysRequest())
        return list(answer.keys)

    return fetch


class SigningKeys:
    """Keys by id. What was known stays known while the account service is away."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: dict[str, OKPKey] = {}
        self._fetched_at, self._failed = float("-inf"), False
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> OKPKey | None:
        """The key of this id, or None when nobody published it. Raises UNAVAILABLE when that cannot be known."""
        known = self._keys.get(kid)
        if known is not None:
            if self._age() > STALE_SECONDS:
                self._start()  # a withdrawn key goes; this call does not wait for it
            return known
        if self._fetching or self._age() >= REFETCH_SECONDS:
            await asyncio.shield(self._start())
        if kid not in self._keys and self._failed:
            raise MeshError("UNAVAILABLE", retry_after=REFETCH_SECONDS)
        return self._keys.get(kid)

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _start(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._refetch())
        return self._fetching

    async def _refetch(self) -> None:
        try:
            published = await self._fetch()
            self._keys = {key.kid: _key(key) for key in list(published)[:MOST_KEYS] if _usable(key)}
            self._failed = False
        except CallFailed as failure:
            self._failed = True
            telemetry.log().warning("signing_keys_away", reason=failure.reason.name)
        finally:
            self._fetched_at, self._fetching = self._clock(), None


def _usable(key: account_pb2.SigningKey) -> bool:
    return bool(key.kid) and (key.kty, key.crv) == ("OKP", "Ed25519")


def _key(key: account_pb2.SigningKey) -> Any:
    return OKPKey.import_key({"kty": key.kty, "crv": key.crv, "x": key.x})
