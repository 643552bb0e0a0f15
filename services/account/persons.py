"""What other services may know of a person: read often, so kept for a while, sealed, and dropped on every change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from medichain.account.v1 import account_pb2
from medichain.specialist.v1 import specialist_pb2
from services.account import consents
from services.account.consents import LOCATION, MODEL_ABROAD, SENSITIVE_HEALTH
from services.account.profile import today
from services.account.records import Account, Home
from services.account.store import AccountStore
from services.mesh import telemetry

KEY, KEPT_SECONDS = "medichain:person:", 300
# After a change nothing is kept for this long: a reader that began before the change may still be under way.
UNSETTLED, UNSETTLED_SECONDS = b"-", 3


@dataclass(frozen=True, slots=True)
class Persons:
    """Answers what is allowed to be used of a person. Every failure of Redis is a miss."""

    store: AccountStore
    redis: Redis

    async def person(self, home: Home) -> account_pb2.GetPersonResponse:
        kept = await self._kept(home.account_id)
        if kept is not None:
            return kept
        person = told_to_services(await self.store.account(home))
        await self._keep(home.account_id, person)
        return person

    async def drop(self, account_id: str) -> None:
        """Forgets what was kept; called after every change."""
        try:
            await self.redis.set(KEY + account_id, UNSETTLED, ex=UNSETTLED_SECONDS)
        except (RedisError, OSError) as away:
            telemetry.log().warning("person_not_dropped", error_type=type(away).__name__)

    async def _kept(self, account_id: str) -> account_pb2.GetPersonResponse | None:
        try:
            sealed: Any = await self.redis.get(KEY + account_id)
        except (RedisError, OSError):
            return None
        cipher = await self.store.keyring.existing(account_id) if sealed and sealed != UNSETTLED else None
        if cipher is None:
            return None
        return account_pb2.GetPersonResponse.FromString(cipher.open(sealed, "person", "told", account_id))

    async def _keep(self, account_id: str, person: account_pb2.GetPersonResponse) -> None:
        cipher = await self.store.cipher(account_id)
        sealed = cipher.seal(person.SerializeToString(), "person", "told", account_id)
        try:
            await self.redis.set(KEY + account_id, sealed, ex=KEPT_SECONDS, nx=True)
        except (RedisError, OSError) as away:
            telemetry.log().debug("person_not_kept", error_type=type(away).__name__)


def told_to_services(account: Account) -> account_pb2.GetPersonResponse:
    """Health data with consent alone; the place unless it was refused; abroad with consent alone."""
    told = account_pb2.GetPersonResponse(
        location_allowed=not consents.refused(account.consents, LOCATION),
        model_abroad_allowed=consents.granted(account.consents, MODEL_ABROAD),
    )
    if not consents.granted(account.consents, SENSITIVE_HEALTH):
        return told
    health, birth_date = account.profile.health, account.profile.birth_date
    profile = specialist_pb2.Profile(
        pregnancy=health.pregnancy,  # type: ignore[arg-type]
        medicines=health.medicines,
        allergies=health.allergies,
        conditions=health.conditions,
    )
    if birth_date:
        profile.age_months = consents.age_months(birth_date, today())
    told.profile.CopyFrom(profile)
    return told
