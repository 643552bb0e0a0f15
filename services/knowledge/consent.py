"""Whether what the present caller asks may be sent abroad."""

from __future__ import annotations

from medichain.account.v1 import account_pb2
from services.mesh.client import Client
from services.mesh.context import current
from services.mesh.errors import CallFailed

ACCOUNT = account_pb2.DESCRIPTOR.services_by_name["AccountService"]


class Consent:
    """Asks the account service; without its answer nothing is sent."""

    def __init__(self, account: Client) -> None:
        self._account = account

    async def given(self) -> bool:
        """True for somebody who is not signed in, and for a person who has agreed."""
        call = current()
        if call.person is None and not call.authorization:
            return True
        try:
            person = await self._account.GetPerson(account_pb2.GetPersonRequest())
        except CallFailed:
            return False
        return bool(person.model_abroad_allowed)


async def anybody() -> bool:
    """Nothing goes abroad: nobody has to agree."""
    return True
