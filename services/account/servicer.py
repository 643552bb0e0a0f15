"""AccountService: decode, call, encode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medichain.account.v1 import account_pb2 as pb
from medichain.chatbot.v1 import chatbot_pb2
from services.account import consents
from services.account.consents import SENSITIVE_HEALTH
from services.account.encoded import (
    account_message,
    consent_messages,
    decisions_of,
    downloaded,
    session_message,
    tokens_message,
)
from services.account.erasure import Eraser
from services.account.passwords import PasswordHasher
from services.account.persons import Persons
from services.account.profile import (
    birth_date_of,
    changed,
    check_consent,
    fields_to_change,
    line,
    today,
    without_health,
)
from services.account.records import GENDERS, Account, Decision, Home, Profile
from services.account.registration import Registrar, Registration
from services.account.session_store import SessionStore
from services.account.sessions import Sessions
from services.account.store import AccountStore
from services.account.tokens import TokenSigner
from services.mesh.context import current
from services.mesh.errors import CallFailed, InvalidField, MeshError, NotFound
from services.mesh.people import Person, SessionState

PAGE = 50
# What a caller is told whose session the mesh has refused.
_STATES = {
    "UNAUTHENTICATED": SessionState.EXPIRED,
    "SESSION_EXPIRED": SessionState.EXPIRED,
    "SESSION_DUPLICATED": SessionState.DUPLICATED,
    "SESSION_BLOCKED": SessionState.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class AccountServicer:
    """People's accounts, sessions and consents."""

    store: AccountStore
    rows: SessionStore
    sessions: Sessions
    registrar: Registrar
    hasher: PasswordHasher
    persons: Persons
    eraser: Eraser
    signer: TokenSigner
    chatbot: Callable[[], Any]  # gives the client of ChatbotService

    # ---- the account -----------------------------------------------------------------------------------------

    async def CreateAccount(self, request: pb.CreateAccountRequest, context: Any) -> pb.Account:
        profile = Profile(
            name=line(request.name, "name"),
            email=line(request.email, "email"),
            phone=line(request.phone, "phone"),
            birth_date=birth_date_of(request.birth_date),
            gender=GENDERS[request.gender],
        )
        wanted = Registration(request.id, request.password, profile, decisions_of(request.consents))
        return account_message(await self.registrar.register(wanted))

    async def GetAccount(self, request: pb.GetAccountRequest, context: Any) -> pb.Account:
        return account_message(await self.store.account(_home()))

    async def UpdateAccount(self, request: pb.UpdateAccountRequest, context: Any) -> pb.Account:
        filled = [field.name for field, _ in request.ListFields() if field.name != "update_mask"]
        changes = _values(request, fields_to_change(request.update_mask.paths, filled))
        return account_message(await self._change(changes, decisions_of(request.consents)))

    async def ChangePassword(self, request: pb.ChangePasswordRequest, context: Any) -> pb.ChangePasswordResponse:
        person, home = _person(), _home()
        account = await self.store.account(home)
        password = self.registrar.checked(request.new_password, "new_password", account.login, account.profile)
        found = await self.sessions.confirm(home, request.password, "ChangePassword", current().address)
        fresh = await self.hasher.hash(password)
        over = await self.store.set_password(found.home, found.password_hash, fresh, person.session_id)
        if over is None:
            raise MeshError("CONFLICT")
        await self.sessions.end_living(person.account_id, over, SessionState.EXPIRED, but=person.session_id, every=True)
        return pb.ChangePasswordResponse()

    async def DeleteAccount(self, request: pb.DeleteAccountRequest, context: Any) -> pb.DeleteAccountResponse:
        found = await self.sessions.confirm(_home(), request.password, "DeleteAccount", current().address)
        await self.eraser.erase(found.home)
        return pb.DeleteAccountResponse()

    async def DownloadAccount(self, request: pb.DownloadAccountRequest, context: Any) -> pb.DownloadAccountResponse:
        page = await self._exchanges(request.page_token)
        answer = pb.DownloadAccountResponse(
            exchanges=[downloaded(exchange) for exchange in page.exchanges], next_page_token=page.next_page_token
        )
        if not request.page_token:
            home = _home()
            answer.account.CopyFrom(account_message(await self.store.account(home)))
            answer.consents.extend(consent_messages(await self.store.decisions(home)))
            answer.sessions.extend(await self._logins(home))
        return answer

    # ---- consents --------------------------------------------------------------------------------------------

    async def RecordConsents(self, request: pb.RecordConsentsRequest, context: Any) -> pb.RecordConsentsResponse:
        await self._change({}, decisions_of(request.consents))
        return pb.RecordConsentsResponse(consents=consent_messages(await self.store.decisions(_home())))

    async def ListConsents(self, request: pb.ListConsentsRequest, context: Any) -> pb.ListConsentsResponse:
        return pb.ListConsentsResponse(consents=consent_messages(await self.store.decisions(_home())))

    async def GetPerson(self, request: pb.GetPersonRequest, context: Any) -> pb.GetPersonResponse:
        if current().person is None:
            return pb.GetPersonResponse(location_allowed=True)
        return await self.persons.person(_home())

    # ---- sessions --------------------------------------------------------------------------------------------

    async def CreateSession(self, request: pb.CreateSessionRequest, context: Any) -> pb.SessionTokens:
        device = line(request.device, "device")
        return tokens_message(await self.sessions.log_in(request.id, request.password, device, current().address))

    async def RefreshSession(self, request: pb.RefreshSessionRequest, context: Any) -> pb.SessionTokens:
        return tokens_message(await self.sessions.refresh(request.refresh_token, current().address))

    async def GetSession(self, request: pb.GetSessionRequest, context: Any) -> pb.GetSessionResponse:
        call = current()
        if call.refusal is not None:
            return pb.GetSessionResponse(state=_state_behind(call.refusal))  # type: ignore[arg-type]
        if call.person is None:
            return pb.GetSessionResponse(state=pb.SESSION_STATE_NONE)
        person = call.person
        found = [session for session in await self._logins(_home()) if session.current]
        return pb.GetSessionResponse(
            state=pb.SESSION_STATE_NONE,
            signed_in=True,
            session=found[0] if found else pb.Session(id=person.session_id, current=True),
            id=await self.sessions.login_name(person.account_id, person.session_id),
            account_id=person.account_id,
        )

    async def ListSessions(self, request: pb.ListSessionsRequest, context: Any) -> pb.ListSessionsResponse:
        return pb.ListSessionsResponse(sessions=await self._logins(_home()))

    async def DeleteCurrentSession(
        self, request: pb.DeleteCurrentSessionRequest, context: Any
    ) -> pb.DeleteCurrentSessionResponse:
        await self.sessions.log_out(_home(), _person().session_id)
        return pb.DeleteCurrentSessionResponse()

    async def DeleteSession(self, request: pb.DeleteSessionRequest, context: Any) -> pb.DeleteSessionResponse:
        if not await self.sessions.log_out(_home(), request.id):
            raise NotFound("id")
        return pb.DeleteSessionResponse()

    async def GetSigningKeys(self, request: pb.GetSigningKeysRequest, context: Any) -> pb.GetSigningKeysResponse:
        keys = [pb.SigningKey(kty="OKP", crv="Ed25519", kid=key.kid, x=key.x) for key in self.signer.public()]
        return pb.GetSigningKeysResponse(keys=keys)

    # ---- how ------------------------------------------------------------------------------------------------

    async def _change(self, changes: Mapping[str, Any], decisions: Sequence[Decision]) -> Account:
        """Changes and decisions, checked against what counts once the decisions are made."""

        def changing(account: Account) -> tuple[Profile, Sequence[Decision]]:
            counting = consents.merged(account.consents, decisions)
            check_consent(changes, consents.granted(counting, SENSITIVE_HEALTH))
            profile = changed(account.profile, changes)
            consents.check_guardian(profile.birth_date, counting, today())
            if consents.refused(counting, SENSITIVE_HEALTH):
                profile = without_health(profile)
            return profile, decisions

        account = await self.store.change(_home(), changing)
        await self.persons.drop(account.account_id)
        return account

    async def _logins(self, home: Home) -> list[pb.Session]:
        mine = _person().session_id
        return [session_message(session, mine) for session in await self.rows.all(home)]

    async def _exchanges(self, page_token: str) -> chatbot_pb2.ListExchangesResponse:
        wanted = chatbot_pb2.ListExchangesRequest(page_size=PAGE, page_token=page_token)
        try:
            page: chatbot_pb2.ListExchangesResponse = await self.chatbot().ListExchanges(wanted)
        except CallFailed as failure:
            if failure.reason.name == "INVALID_FIELD":
                raise InvalidField("page_token", "is not a token of this list") from None
            raise
        return page


def _person() -> Person:
    person = current().person
    if person is None:
        raise MeshError("UNAUTHENTICATED")
    return person


def _home() -> Home:
    person = _person()
    return Home(person.account_id, person.shard_id)


def _state_behind(refusal: Exception) -> SessionState:
    """What is wrong with the session. Raises what has nothing to do with it, such as a limit."""
    state = _STATES.get(refusal.reason.name) if isinstance(refusal, MeshError) else None
    if state is None:
        raise refusal
    return state


def _values(request: pb.UpdateAccountRequest, fields: frozenset[str]) -> dict[str, Any]:
    values = {name: getattr(request, name) for name in fields}
    if "gender" in values:
        values["gender"] = GENDERS[values["gender"]]
    return {name: list(value) if name in _LISTS else value for name, value in values.items()}


_LISTS = ("allergies", "conditions", "medicines", "saved_clinics")
