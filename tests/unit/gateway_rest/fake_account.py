"""An account service that hands out tokens for sessions it makes up, and tells what it was asked."""

import itertools

from medichain.account.v1 import account_pb2
from services.mesh import context
from services.mesh.errors import InvalidField, MeshError
from tests.support.people import FakeSessions, Signer
from tests.unit.gateway_rest.partial import Partial

PASSWORD = "correct horse battery staple"


class Account(Partial):
    """``asked`` are the requests it got, ``calls`` their contexts; a name logs in with ``PASSWORD``."""

    def __init__(self):
        super().__init__()
        self.signer, self.sessions = Signer(), FakeSessions()
        self._numbers = itertools.count(1)

    async def CreateAccount(self, request, _):
        self.note(request)
        if "\0" in request.password:
            raise InvalidField("password", "holds control characters")
        return account_pb2.Account(id=request.id, account_id="a1")

    async def GetAccount(self, request, _):
        self.note(request)
        return account_pb2.Account(account_id=context.current().owner)

    async def UpdateAccount(self, request, _):
        self.note(request)
        return account_pb2.Account(account_id=context.current().owner, name=request.name)

    async def DeleteAccount(self, request, _):
        self.note(request)
        if request.password != PASSWORD:
            raise MeshError("WRONG_CREDENTIALS")
        return account_pb2.DeleteAccountResponse()

    async def CreateSession(self, request, _):
        self.note(request)
        if request.password == "locked":
            raise MeshError("LOCKED", retry_after=1799.2)
        if request.password != PASSWORD:
            raise MeshError("WRONG_CREDENTIALS")
        return self._tokens()

    async def RefreshSession(self, request, _):
        self.note(request)
        if not request.refresh_token.startswith("r1."):
            raise MeshError("UNAUTHENTICATED")
        if request.refresh_token.endswith(".used"):
            raise MeshError("TOKEN_REUSED")
        return self._tokens()

    async def GetSession(self, request, _):
        self.note(request)
        refusal = context.current().refusal
        state = "SESSION_STATE_EXPIRED" if refusal else "SESSION_STATE_NONE"
        return account_pb2.GetSessionResponse(state=state, account_id=context.current().owner)

    async def DeleteCurrentSession(self, request, _):
        self.note(request)
        self.sessions.end(context.current().person.session_id)
        return account_pb2.DeleteCurrentSessionResponse()

    def _tokens(self):
        session = f"s{next(self._numbers)}"
        return account_pb2.SessionTokens(
            access_token=self.signer.token("a1", session),
            refresh_token=f"r1.{session}.secret",
            expires_in=900,
            session_id=session,
            account_id="a1",
        )
