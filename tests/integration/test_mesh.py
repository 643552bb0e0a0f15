"""The mesh over real sockets: policy, errors, deadlines, cancellation, health, reflection, drain."""

import asyncio
import subprocess
import sys
from contextlib import aclosing, asynccontextmanager

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc

from medichain.category.v1 import category_pb2
from medichain.chatbot.v1 import chatbot_pb2
from medichain.specialist.v1 import specialist_pb2
from services.mesh import context
from services.mesh.errors import CallFailed, InvalidField
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.mesh.settings import Settings

CATEGORY = category_pb2.DESCRIPTOR.services_by_name["CategoryService"]
SPECIALIST = specialist_pb2.DESCRIPTOR.services_by_name["SpecialistService"]
CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]


class Category:
    """Behaves as its question says."""

    def __init__(self):
        self.seen, self.cancelled = [], asyncio.Event()

    async def Classify(self, request, _):
        call = context.current()
        self.seen.append(call)
        match request.question:
            case "boom":
                raise ValueError("홍길동의 비밀")
            case "field":
                raise InvalidField("question", "is odd")
            case "slow":
                try:
                    await asyncio.sleep(30)
                except asyncio.CancelledError:
                    self.cancelled.set()
                    raise
        return category_pb2.ClassifyResponse()


class Specialist:
    async def Consult(self, request, _):
        return specialist_pb2.ConsultResponse(confidence=1)


class Chatbot:
    def __init__(self):
        self.cancelled = asyncio.Event()

    async def Ask(self, request, _):
        try:
            for _ in range(1000):
                yield chatbot_pb2.AskResponse(id="x/0")
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    def __getattr__(self, name):
        if name not in CHATBOT.methods_by_name:
            raise AttributeError(name)
        return self.Ask  # registered, never called


@asynccontextmanager
async def served(tmp_path, monkeypatch, service, servicer, name):
    host = Host.named("test", Settings(data_dir=tmp_path))
    server = MeshServer(name, host.verifier)
    server.add(service, servicer)
    port = await server.start("127.0.0.1:0")
    monkeypatch.setenv(f"MEDICHAIN_{name.upper()}_ADDR", f"dns:///127.0.0.1:{port}")
    try:
        yield host, f"127.0.0.1:{port}", server
    finally:
        await host.mesh.close()
        await server.stop(0)


@pytest.fixture
async def category(tmp_path, monkeypatch):
    servicer = Category()
    async with served(tmp_path, monkeypatch, CATEGORY, servicer, "category") as (host, address, server):
        yield servicer, host.mesh.client(CATEGORY), address, server


def ask(text):
    return category_pb2.ClassifyRequest(question=text)


async def test_a_call_carries_identity_request_id_and_deadline(category):
    servicer, client, _, _ = category
    with context.entered(context.CallContext(request_id="req-1")):
        await client.Classify(ask("hi"))
    call = servicer.seen[0]
    assert (call.principal.kind, call.principal.name) == ("service", "test")
    assert call.request_id == "req-1"
    assert 0 < call.remaining() <= 0.3


async def test_the_callers_remaining_time_wins(category):
    import time

    servicer, client, _, _ = category
    with context.entered(context.CallContext(deadline=time.monotonic() + 0.1)):
        await client.Classify(ask("hi"))
    assert servicer.seen[0].remaining() <= 0.1


async def test_no_time_left_is_a_deadline_without_a_call(category):
    import time

    servicer, client, _, _ = category
    with context.entered(context.CallContext(deadline=time.monotonic() - 1)), pytest.raises(CallFailed) as failed:
        await client.Classify(ask("hi"))
    assert failed.value.reason.name == "DEADLINE"
    assert servicer.seen == []


async def test_the_contracts_timeout_ends_a_call(category):
    servicer, client, _, _ = category
    with pytest.raises(CallFailed) as failed:
        await client.Classify(ask("slow"))
    assert failed.value.reason.name == "DEADLINE"
    await asyncio.wait_for(servicer.cancelled.wait(), 2)


async def test_an_exceptions_text_reaches_nobody(category, capfd):
    from services.mesh import telemetry

    telemetry.configure("INFO")
    _, _, address, _ = category
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary("/medichain.category.v1.CategoryService/Classify")
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await call(ask("boom").SerializeToString())
    assert failed.value.code() is grpc.StatusCode.INTERNAL
    assert "홍길동" not in str(failed.value)
    assert "홍길동" not in capfd.readouterr().err


async def test_a_refusal_names_its_field(category):
    _, client, _, _ = category
    with pytest.raises(CallFailed) as failed:
        await client.Classify(ask("field"))
    assert failed.value.violations[0].field == "question"
    with pytest.raises(CallFailed) as failed:
        await client.Classify(ask(""))
    assert failed.value.violations[0].field == "question"


async def test_malformed_protobuf_is_invalid_argument(category):
    _, _, address, _ = category
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary("/medichain.category.v1.CategoryService/Classify")
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await call(b"\x0a\xff\xff\xff\xff\x0fsecret")
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "secret" not in failed.value.details()


async def test_an_unknown_method_is_unimplemented(category):
    _, _, address, _ = category
    async with grpc.aio.insecure_channel(address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await channel.unary_unary("/medichain.category.v1.CategoryService/Nothing")(b"")
    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_message_over_the_limit_is_refused(category):
    _, _, address, _ = category
    async with grpc.aio.insecure_channel(address, options=[("grpc.max_send_message_length", -1)]) as channel:
        call = channel.unary_unary("/medichain.category.v1.CategoryService/Classify")
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await call(b"\x0a" + b"\x80\x80\x80\x04" + b"a" * (8 << 20))
    assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_services_only_means_services_only(tmp_path, monkeypatch):
    async with served(tmp_path, monkeypatch, SPECIALIST, Specialist(), "drug") as (host, address, _):
        request = specialist_pb2.ConsultRequest(question="q")
        assert (await host.mesh.client(SPECIALIST, at="drug").Consult(request)).confidence == 1
        path = "/medichain.specialist.v1.SpecialistService/Consult"
        async with grpc.aio.insecure_channel(address) as channel:
            call = channel.unary_unary(path)
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await call(request.SerializeToString())
            assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await call(request.SerializeToString(), metadata=(("x-medichain-service", "forged.token.here"),))
            assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_a_method_without_a_policy_is_refused_even_to_services(tmp_path, monkeypatch):
    file = descriptor_pb2.FileDescriptorProto(name="open.proto", package="medichain.open.v1", syntax="proto3")
    file.message_type.add(name="Empty")
    empty = ".medichain.open.v1.Empty"
    file.service.add(name="OpenService").method.add(name="Do", input_type=empty, output_type=empty)
    descriptor = descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    message = message_factory.GetMessageClass(descriptor.message_types_by_name["Empty"])

    class Open:
        async def Do(self, request, _):
            return message()

    service = descriptor.services_by_name["OpenService"]
    async with served(tmp_path, monkeypatch, service, Open(), "open") as (host, address, _):
        token = host.mesh._identity.token()
        async with grpc.aio.insecure_channel(address) as channel:
            call = channel.unary_unary("/medichain.open.v1.OpenService/Do")
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await call(b"", metadata=(("x-medichain-service", token),))
    assert failed.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_reader_that_leaves_cancels_the_work(tmp_path, monkeypatch):
    servicer = Chatbot()
    async with served(tmp_path, monkeypatch, CHATBOT, servicer, "chatbot") as (host, _, _):
        async with aclosing(host.mesh.client(CHATBOT).Ask.stream(chatbot_pb2.AskRequest(question="q"))) as events:
            async for _ in events:
                break
        await asyncio.wait_for(servicer.cancelled.wait(), 2)


async def test_a_service_that_is_gone_is_unavailable_then_withheld(category):
    _, client, _, server = category
    await client.Classify(ask("hi"))
    await server.stop(0)
    for _ in range(5):
        with pytest.raises(CallFailed) as failed:
            await client.Classify(ask("hi"))
        assert failed.value.absent
    assert client.breaker.open


async def test_health_per_service_and_drain(category):
    _, _, address, server = category
    async with grpc.aio.insecure_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        for name in ("", "medichain.category.v1.CategoryService"):
            answer = await stub.Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        watch = stub.Watch(health_pb2.HealthCheckRequest(service=""))
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        stopping = asyncio.create_task(server.stop(1))
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch.cancel()
        await stopping


async def test_calls_under_way_end_before_the_server_does(tmp_path, monkeypatch):
    class Slow(Category):
        async def Classify(self, request, _):
            await asyncio.sleep(0.2)
            return category_pb2.ClassifyResponse(rules_only=True)

    async with served(tmp_path, monkeypatch, CATEGORY, Slow(), "category") as (host, _, server):
        call = asyncio.create_task(host.mesh.client(CATEGORY).Classify(ask("hi")))
        await asyncio.sleep(0.1)
        await server.stop(5)
        assert (await call).rules_only


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_lists_services(category, version):
    _, _, address, _ = category
    arguments = ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--list-methods"]
    buf = f"{sys.prefix}/bin/buf"
    protocol = ["--reflect-protocol", f"grpc-{version}"]
    run = await asyncio.to_thread(
        subprocess.run, [buf, *arguments, *protocol, f"http://{address}"], capture_output=True, text=True, timeout=30
    )
    assert "medichain.category.v1.CategoryService/Classify" in run.stdout, run.stderr
    assert "grpc.health.v1.Health/Check" in run.stdout


async def test_readers_that_leave_at_once_leave_no_fault_behind(tmp_path, monkeypatch, capfd):
    from services.mesh import telemetry

    telemetry.configure("INFO")
    async with served(tmp_path, monkeypatch, CHATBOT, Chatbot(), "chatbot") as (host, _, _):
        for _ in range(20):
            async with aclosing(host.mesh.client(CHATBOT).Ask.stream(chatbot_pb2.AskRequest(question="q"))) as events:
                await anext(events)
    assert '"failed"' not in capfd.readouterr().err
