"""A deployment in one process: small servicers that keep real contracts, and the edge before them."""

import asyncio
import contextlib
import os

from httpx2 import ASGITransport, AsyncClient

from gateway_rest.app import create_app
from medichain.account.v1 import account_pb2
from medichain.chatbot.v1 import chatbot_pb2
from medichain.clinic.v1 import clinic_pb2
from medichain.drug.v1 import drug_pb2
from medichain.emergency_support.v1 import emergency_support_pb2
from services.mesh import context
from services.mesh.admission import People
from services.mesh.errors import MeshError, NotFound
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.mesh.tokens import TokenVerifier
from tests.support.people import FakeKeys
from tests.unit.gateway_rest.fake_account import Account
from tests.unit.gateway_rest.partial import Partial

EXCHANGE = "01JD0Z5K3V9QW8T7R6P5N4M3H2"


class Drug(Partial):
    """Answers with what it was asked; ``calls`` are the contexts it was asked in."""

    async def SearchDrugs(self, request, _):
        self.note(request)
        if request.query == "flaky" and len(self.calls) == 1:
            raise MeshError("UNAVAILABLE")
        return drug_pb2.SearchDrugsResponse(drugs=[drug_pb2.Drug(name=request.query)])

    async def GetDrug(self, request, _):
        if request.item_seq == "404404":
            raise NotFound("item_seq")
        if request.item_seq == "500500":
            raise RuntimeError("홍길동의 비밀")
        return drug_pb2.GetDrugResponse(drug=drug_pb2.Drug(item_seq=request.item_seq))

    async def CheckInteractions(self, request, _):
        self.note(request)
        return drug_pb2.CheckInteractionsResponse(unknown=request.items)


class Clinic(Partial):
    async def ListNearbyClinics(self, request, _):
        return clinic_pb2.ListNearbyClinicsResponse(clinics=[clinic_pb2.Clinic(location=_place(request))])


class EmergencySupport(Partial):
    async def Assess(self, request, _):
        level = emergency_support_pb2.EMERGENCY_LEVEL_NONE
        return emergency_support_pb2.AssessResponse(level=level, guidance=request.text)

    async def ListNearbyEmergencyRooms(self, request, _):
        return emergency_support_pb2.ListNearbyEmergencyRoomsResponse()


class Chatbot(Partial):
    """Streams what the question says; "wait" holds the stream open until it is cancelled, "119" is an emergency."""

    def __init__(self):
        super().__init__()
        self.waiting, self.cancelled = asyncio.Event(), asyncio.Event()

    async def Ask(self, request, _):
        self.note(request)
        refusal = context.current().refusal
        if request.question == "refused":
            raise MeshError("BUSY")
        if refusal and "119" not in request.question:
            raise refusal
        events = [dict(started=chatbot_pb2.Started(exchange_id=EXCHANGE, conversation_id="c1"))]
        events += _SCRIPTS.get(request.question, [dict(completed=chatbot_pb2.Completed(answer=request.question))])
        if request.question == "late":
            await self._wait()
        for number, event in enumerate(events):
            yield chatbot_pb2.AskResponse(id=f"{EXCHANGE}/{number}", **event)
        if refusal:
            raise refusal
        if request.question.endswith("broken"):
            raise RuntimeError("홍길동의 비밀")
        if request.question.endswith("wait"):
            await self._wait()
        if request.question.endswith("limited"):
            raise MeshError("LIMITED", retry_after=12.3)

    async def ResumeExchange(self, request, _):
        self.note(request)
        yield chatbot_pb2.AskResponse(id=f"{EXCHANGE}/7", completed=chatbot_pb2.Completed(answer=request.last_event_id))

    async def _wait(self):
        self.waiting.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def GetConversation(self, request, _):
        return chatbot_pb2.GetConversationResponse(id=request.id)

    async def DeleteConversation(self, request, _):
        return chatbot_pb2.DeleteConversationResponse()


_EMERGENCY = dict(
    emergency=chatbot_pb2.Emergency(
        level=emergency_support_pb2.EMERGENCY_LEVEL_CALL_119, guidance="즉시 119에 신고하세요.", hotline="119"
    )
)
_FAILED = dict(error=chatbot_pb2.Failed(error="UNAVAILABLE", message="지금은 안 됩니다."))
_SCRIPTS = {
    **{f"119 {then}": [_EMERGENCY] for then in ("wait", "broken", "limited", "unfinished")},
    "119 failed": [_EMERGENCY, _FAILED],
    "119": [_EMERGENCY, dict(completed=chatbot_pb2.Completed(answer="119"))],
    "failed": [_FAILED],
    "odd": [dict(error=chatbot_pb2.Failed(error="NO_SUCH_REASON", message="비밀"))],
    "broken": [dict(delta=chatbot_pb2.Delta(text="조금"))],
    "unfinished": [dict(delta=chatbot_pb2.Delta(text="조금"))],
    "wait": [dict(delta=chatbot_pb2.Delta(text="조금"))],
    "late": [dict(completed=chatbot_pb2.Completed(answer="늦음"))],
    "long": [
        dict(delta=chatbot_pb2.Delta(text="첫 줄\n둘째 줄 ")),
        dict(delta=chatbot_pb2.Delta(text="끝")),
        dict(completed=chatbot_pb2.Completed(answer="첫 줄\n둘째 줄 끝", confidence=0.5)),
    ],
}


def _place(request):
    return {"latitude": request.latitude, "longitude": request.longitude}


CONTRACTS = {
    "drug": (drug_pb2, "DrugService", Drug),
    "clinic": (clinic_pb2, "ClinicService", Clinic),
    "emergency_support": (emergency_support_pb2, "EmergencySupportService", EmergencySupport),
    "chatbot": (chatbot_pb2, "ChatbotService", Chatbot),
    "account": (account_pb2, "AccountService", Account),
}


class Deployment:
    """The edge's ASGI application and settings, and the servicers behind it by their service's name."""

    def __init__(self, folder, keep_alive=15.0, **settings):
        self.settings = Settings(data_dir=folder, **settings)
        self.host = Host.named("edge", self.settings, "edge")
        self.app = create_app(self.settings, self.host, keep_alive)
        self.servicers, self._servers, self._before = {}, {}, dict(os.environ)

    async def start(self):
        self.servicers = {name: servicer() for name, (_, _, servicer) in CONTRACTS.items()}
        account = self.servicers["account"]
        people = People(TokenVerifier(FakeKeys(account.signer), account.sessions))
        for name, (module, service, _) in CONTRACTS.items():
            server = MeshServer(name, self.host.verifier, people=people)
            server.add(module.DESCRIPTOR.services_by_name[service], self.servicers[name])
            os.environ[f"MEDICHAIN_{name.upper()}_ADDR"] = f"127.0.0.1:{await server.start('127.0.0.1:0')}"
            self._servers[name] = server

    async def stop(self):
        await self.host.mesh.close()
        await asyncio.gather(*(server.stop(0) for server in self._servers.values()))
        os.environ.clear()
        os.environ.update(self._before)

    async def kill(self, name):
        await self._servers.pop(name).stop(0)


@contextlib.asynccontextmanager
async def deployed(folder, **settings):
    """A running :class:`Deployment`."""
    deployment = Deployment(folder, **settings)
    await deployment.start()
    try:
        yield deployment
    finally:
        await deployment.stop()


@contextlib.asynccontextmanager
async def calling(app, address="203.0.113.9", base_url="http://edge.test"):
    """An HTTP client of an ASGI application, without sockets; it keeps the cookies it gets."""
    async with AsyncClient(transport=ASGITransport(app, client=(address, 40000)), base_url=base_url) as client:
        yield client
