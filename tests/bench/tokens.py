"""What judging a person adds to a call, over a socket and with sessions in a real Valkey.

usage: python -m tests.bench.tokens [CALLS]
"""

from __future__ import annotations

import pathlib
import sys
import tempfile
import time
from typing import Any

import grpc
import uvloop
from joserfc.jwk import OKPKey
from redis.asyncio import Redis

from medichain.chatbot.v1 import chatbot_pb2
from services.mesh import telemetry
from services.mesh.admission import People
from services.mesh.host import Host
from services.mesh.limits import Limits
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.mesh.tokens import TokenVerifier
from services.storage.sessions import Begun, SessionRegister
from tests.bench.figures import Figure, median, milliseconds, percentile, spread
from tests.support.people import Signer
from tests.support.servers import RedisServer, running, valkey_program

CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
SEEN_AIM_MS, FIRST_AIM_MS = 0.1, 0.4
CALLS = 500  # below what one address may rate in a minute


class Nothing:
    """Answers at once."""

    def __getattr__(self, name: str) -> Any:
        if not name[0].isupper():
            raise AttributeError(name)
        return self._rated if name == "RateExchange" else self._conversation

    async def _conversation(self, request: Any, _: Any) -> Any:
        return chatbot_pb2.GetConversationResponse()

    async def _rated(self, request: Any, _: Any) -> Any:
        return chatbot_pb2.RateExchangeResponse()


class OneKey:
    """A key source that has fetched its key already."""

    def __init__(self, signer: Signer) -> None:
        self._key = OKPKey.import_key(signer.public())

    async def key(self, kid: str) -> OKPKey | None:
        return self._key


async def measure(calls: int = CALLS) -> list[Figure]:
    """Calls without a token, with one that is new, with one that was seen; and a call that is counted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(RedisServer(pathlib.Path(folder) / "v", valkey_program())) as v,
    ):
        redis, limits, signer = Redis.from_url(v.url()), Limits(v.url(), b"bench"), Signer()
        register = SessionRegister(redis)
        people = People(TokenVerifier(OneKey(signer), register), limits)
        host = Host.named("bench", Settings(data_dir=pathlib.Path(folder)))
        server = MeshServer("chatbot", host.verifier, people=people)
        server.add(CHATBOT, Nothing())
        port = await server.start("127.0.0.1:0")
        tokens = [await _logged_in(register, signer, f"s{number}") for number in range(calls)]
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                return await _compared(channel, tokens)
        finally:
            await server.stop(0)
            await limits.close()
            await redis.aclose()


def _valkey(folder: str) -> RedisServer:
    return RedisServer(pathlib.Path(folder) / "valkey", valkey_program())


async def _logged_in(register: SessionRegister, signer: Signer, session: str) -> tuple[tuple[str, str], ...]:
    await register.start(Begun(session, "a1", 1, "user", "refresh", b"login", 900))
    return (("authorization", f"Bearer {signer.token('a1', session)}"),)


async def _compared(channel: grpc.aio.Channel, tokens: list[tuple[tuple[str, str], ...]]) -> list[Figure]:
    """The kinds of call take turns, so that what else the machine does touches all of them alike."""
    read = f"/{CHATBOT.full_name}/GetConversation", chatbot_pb2.GetConversationRequest(id="c").SerializeToString()
    rate = f"/{CHATBOT.full_name}/RateExchange", chatbot_pb2.RateExchangeRequest(id="x", score=5).SerializeToString()
    took: dict[str, list[float]] = {"bare": [], "first": [], "seen": [], "counted": []}
    for fresh in tokens:
        took["bare"].append(await _timed(channel, *read, ()))
        took["first"].append(await _timed(channel, *read, fresh))
        took["seen"].append(await _timed(channel, *read, fresh))
        took["counted"].append(await _timed(channel, *rate, ()))
    bare = took.pop("bare")
    aims = {"first": FIRST_AIM_MS, "seen": SEEN_AIM_MS, "counted": None}
    names = {"first": "a token not seen before", "seen": "a token seen before", "counted": "counting the caller"}
    plain = Figure("people", f"call of nobody ({len(bare)} calls)", spread(bare))
    return [plain, *(_added(names[kind], bare, seconds, aims[kind]) for kind, seconds in took.items())]


async def _timed(channel: grpc.aio.Channel, path: str, request: bytes, metadata: tuple[tuple[str, str], ...]) -> float:
    rpc = channel.unary_unary(path)
    began = time.perf_counter()
    await rpc(request, metadata=metadata)
    return time.perf_counter() - began


def _added(name: str, bare: list[float], seconds: list[float], aim_ms: float | None) -> Figure:
    added = median(seconds) - median(bare)
    worst = percentile(seconds, 0.99) - percentile(bare, 0.99)
    return Figure(
        "people",
        f"{name} adds",
        f"p50 {milliseconds(added)}, p99 {milliseconds(worst)}",
        f"{median(seconds) / median(bare):.2f} ×",
        f"p50 ≤ {aim_ms:g} ms" if aim_ms else "",
        None if aim_ms is None else added * 1000 <= aim_ms,
    )


if __name__ == "__main__":
    telemetry.configure("WARNING")
    for figure in uvloop.run(measure(*map(int, sys.argv[1:]))):
        print(figure)
