"""What is known of the person who asks, and may be used: their health data, their place, where their words may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from medichain.account.v1 import account_pb2
from medichain.specialist.v1 import specialist_pb2
from services.mesh.client import Client
from services.mesh.context import current
from services.mesh.errors import CallFailed


@dataclass(frozen=True, slots=True)
class Asker:
    """``known`` is False when the person is signed in and their account could not be asked."""

    profile: specialist_pb2.Profile | None = None
    location_allowed: bool = True
    model_abroad_allowed: bool = False
    known: bool = True


class Askers:
    """Asks the account service about the person a call is made for. It is looked up when first needed."""

    def __init__(self, account: Callable[[], Client]) -> None:
        self._account = account

    async def present(self) -> Asker:
        """The one who asks now; nothing is known of somebody who is not signed in."""
        if current().person is None:
            return Asker()
        try:
            person = await self._account().GetPerson(account_pb2.GetPersonRequest())
        except CallFailed:
            # Their consent is not known either: what needs it is not done.
            return Asker(location_allowed=False, known=False)
        profile = person.profile if person.profile.ByteSize() else None
        return Asker(profile, person.location_allowed, person.model_abroad_allowed)
