"""Operators for tests: their service called in process as the mesh calls it, and two shards to move people between."""

from __future__ import annotations

from typing import Any

from medichain.account.v1 import operator_pb2 as pb
from services.account.service import OPERATOR
from services.mesh.admission import Admission, People
from services.mesh.context import CallContext, entered
from services.mesh.identity import METADATA_KEY, Kind, ServiceIdentity, Verifier, service_key
from services.mesh.policy import policies_of
from services.mesh.settings import Settings
from services.mesh.signing_keys import SigningKeys
from services.mesh.tokens import TokenVerifier
from services.mesh.validation import validate
from tests.support.account import AccountHouse

POLICIES = {path.rpartition("/")[2]: policy for path, policy in policies_of(OPERATOR).items()}
REASON = "asked for by the person"


def two_shards(settings: Settings) -> Settings:
    """The deployment with two shards, which that on servers has already."""
    if settings.shard_db_urls:
        return settings
    urls = (f"sqlite+aiosqlite:///{settings.data_dir}/db/shard_{number}.sqlite3" for number in (1, 2))
    return settings.model_copy(update={"shard_db_urls": ",".join(urls)})


def ref(login: str = "kim", reason: str = REASON, **fields: str) -> pb.AccountRef:
    return pb.AccountRef(id=login, reason=reason, **fields)


async def operate(
    house: AccountHouse, method: str, request: Any, token: str = "", kind: Kind | None = "operator", name: str = "cli"
) -> Any:
    """What a call over the network answers or raises: a command's, or, with ``kind`` None, a person's."""
    key = service_key(house.settings)
    people = People(TokenVerifier(SigningKeys(house._keys), house.parts.register))
    carried = CallContext(authorization=f"Bearer {token}" if token else "")
    metadata = {METADATA_KEY: ServiceIdentity(name, key, kind).token()} if kind else {}
    admission = Admission(Verifier(key), people)
    call = await admission.admitted(carried, metadata, POLICIES[method], "ipv4:198.51.100.7:40000")
    validate(request)
    with entered(call):
        return await getattr(house.parts.operator_servicer, method)(request, None)
