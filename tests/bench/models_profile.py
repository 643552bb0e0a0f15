"""Where the processor time of a model's token goes: `python -m tests.bench.models_profile`.

Every service runs in this process, the stand-in in another; thirty answers are being written, and a second of that is
profiled, once without the profiler for the plain cost. The edge is not part of it, the caller of the chatbot is.
"""

from __future__ import annotations

import asyncio
import cProfile
import pathlib
import pstats
import sys
import time

import uvloop

from medichain.chatbot.v1 import chatbot_pb2
from services.mesh import telemetry
from services.mesh.host import Host
from services.mesh.settings import Settings
from tests.bench.models_wire import StandIn, question, stand_in
from tests.support.running import running_mesh

CHATBOT = chatbot_pb2.DESCRIPTOR.services_by_name["ChatbotService"]
ANSWERS, SECONDS, LINES = 30, 1.0, 30


async def _asked(host: Host) -> int:
    request = chatbot_pb2.AskRequest(question=question()[1])
    return sum([event.HasField("delta") async for event in host.mesh.client(CHATBOT).Ask.stream(request)])


async def _window(host: Host, model: StandIn, profiler: cProfile.Profile | None) -> tuple[float, int]:
    """Processor seconds of a second in which every answer is being written, and the tokens sent in it."""
    await model.plan()
    asked = [asyncio.create_task(_asked(host)) for _ in range(ANSWERS)]
    await model.speaking(ANSWERS)
    began, used = time.monotonic(), time.process_time()
    if profiler:
        profiler.enable()
    await asyncio.sleep(SECONDS)
    if profiler:
        profiler.disable()
    ended, used = time.monotonic(), time.process_time() - used
    await asyncio.gather(*asked)
    return used, sum(began <= at < ended for one in await model.chats() for at, _ in one["sent"])


async def main(data: pathlib.Path) -> None:
    telemetry.configure("ERROR")
    async with stand_in() as model:
        settings = Settings(data_dir=data, openai_base_url=model.url, llm_provider="custom")
        async with running_mesh(settings) as host:
            while not await model.chats():
                await _asked(host)
            plain, profiler = await _window(host, model, None), cProfile.Profile()
            profiled = await _window(host, model, profiler)
    for name, (used, sent) in (("plain", plain), ("profiled", profiled)):
        print(f"{name}: {used / max(1, sent) * 1e6:.0f} µs a token, {sent} tokens in {SECONDS:g} s, {ANSWERS} answers")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(LINES)
    pstats.Stats(profiler).sort_stats("cumtime").print_stats("services/", LINES)


if __name__ == "__main__":
    uvloop.run(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "var/bench/profile")))
