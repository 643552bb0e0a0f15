"""What judging a person adds to a call, over a socket and with sessions in a real Valkey.

usage: python -m tests.bench.tokens [CALLS]
"""

from __future__ import annotations

import asyncio
import pathlib
import random
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
from services.mesh.errors import MeshError
from services.mesh.host import Host
from services.mesh.limits import Limits
from services.mesh.people import SessionState
from services.mesh.server import MeshServer
from services.mesh.settings import Settings
from services.mesh.tokens import TokenVerifier
from services.storage.sessions import Begun, SessionRegister
from tests.bench.figures import Figure, median, milliseconds, percentile, spread
from tests.support.people import Signer
from tests.support.servers import RedisServer, running, valkey_program

CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
SEEN_AIM_MS, FIRST_AIM_MS = 0.1, 0.4
PROCESSES, TIMES, ASKED_EVERY_S, REVOKED_AIM_S = 8, 20, 0.01, 1.0
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
        running(_valkey(folder)) as v,
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


async def revoked(processes: int = PROCESSES, times: int = TIMES) -> Figure:
    """How long a token whose session was ended is still taken somewhere; every process asks all the time."""
    with tempfile.TemporaryDirectory() as folder, running(_valkey(folder)) as valkey:
        redis, signer = Redis.from_url(valkey.url()), Signer()
        register = SessionRegister(redis)
        verifiers = [TokenVerifier(OneKey(signer), register) for _ in range(processes)]
        last = [await _outlived(register, verifiers, signer, f"s{number}") for number in range(times)]
        await redis.aclose()
    said = f"p50 {milliseconds(median(last))}, longest {milliseconds(max(last))}"
    name = f"a revoked token is refused in {processes} processes ({times} times)"
    return Figure("people", name, said, "", f"≤ {REVOKED_AIM_S:g} s", max(last) <= REVOKED_AIM_S)


async def _outlived(register: SessionRegister, verifiers: list[TokenVerifier], signer: Signer, session: str) -> float:
    """Seconds from the end of a session to the last moment that any process took its token."""
    await _logged_in(register, signer, session)
    token = signer.token("a1", session)

    async def taken(verifier: TokenVerifier) -> float:
        while True:
            asked = time.perf_counter()
            try:
                await verifier.person(token)
            except MeshError:
                return asked
            await asyncio.sleep(ASKED_EVERY_S)

    asking = [asyncio.create_task(taken(verifier)) for verifier in verifiers]
    await asyncio.sleep(random.uniform(0.1, 0.9))
    await register.end(session, SessionState.EXPIRED)
    ended = time.perf_counter()
    return max(await asyncio.gather(*asking)) - ended


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
    print(uvloop.run(revoked()))
