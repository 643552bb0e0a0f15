"""A deployment in one process: small servicers that keep real contracts, and the edge before them."""

import asyncio
import contextlib
import os

from httpx2 import ASGITransport, AsyncClient

from gateway_rest.app import create_app
from medichain.chatbot.v1 import chatbot_pb2
from medichain.clinic.v1 import clinic_pb2
from medichain.drug.v1 import drug_pb2
from medichain.emergency_support.v1 import emergency_support_pb2
from services.mesh import context
from services.mesh.errors import MeshError, NotFound
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.mesh.settings import Settings

EXCHANGE = "01JD0Z5K3V9QW8T7R6P5N4M3H2"


class Drug:
    """Answers with what it was asked; ``calls`` are the contexts it was asked in."""

    def __init__(self):
        self.calls = []

    async def SearchDrugs(self, request, _):
        self.calls.append(context.current())
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
        self.calls.append(context.current())
        return drug_pb2.CheckInteractionsResponse(unknown=request.items)


class Clinic:
    async def ListNearbyClinics(self, request, _):
        return clinic_pb2.ListNearbyClinicsResponse(clinics=[clinic_pb2.Clinic(location=_place(request))])


class EmergencySupport:
    async def Assess(self, request, _):
        level = emergency_support_pb2.EMERGENCY_LEVEL_NONE
        return emergency_support_pb2.AssessResponse(level=level, guidance=request.text)

    async def ListNearbyEmergencyRooms(self, request, _):
        return emergency_support_pb2.ListNearbyEmergencyRoomsResponse()


class Chatbot:
    """Streams what the question says; "wait" holds the stream open until it is cancelled."""

    def __init__(self):
        self.calls, self.asked = [], []
        self.waiting, self.cancelled = asyncio.Event(), asyncio.Event()

    async def Ask(self, request, _):
        self.calls.append(context.current())
        self.asked.append(request)
        if request.question == "refused":
            raise MeshError("BUSY")
        events = [dict(started=chatbot_pb2.Started(exchange_id=EXCHANGE, conversation_id="c1"))]
        events += _SCRIPTS.get(request.question, [dict(completed=chatbot_pb2.Completed(answer=request.question))])
        if request.question == "late":
            await self._wait()
        for number, event in enumerate(events):
            yield chatbot_pb2.AskResponse(id=f"{EXCHANGE}/{number}", **event)
        if request.question == "broken":
            raise RuntimeError("홍길동의 비밀")
        if request.question == "wait":
            await self._wait()

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


_SCRIPTS = {
    "failed": [dict(error=chatbot_pb2.Failed(error="UNAVAILABLE", message="지금은 안 됩니다."))],
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
}


class Deployment:
    """The edge's ASGI application and settings, and the servicers behind it by their service's name."""

    def __init__(self, folder, keep_alive=15.0, **settings):
        self.settings = Settings(data_dir=folder, **settings)
        self.host = Host.named("edge", self.settings)
        self.app = create_app(self.settings, self.host, keep_alive)
        self.servicers, self._servers, self._before = {}, {}, dict(os.environ)

    async def start(self):
        for name, (module, service, servicer) in CONTRACTS.items():
            server = MeshServer(name, self.host.verifier)
            self.servicers[name] = servicer()
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
async def calling(app):
    """An HTTP client of an ASGI application, without sockets."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://edge.test") as client:
        yield client
