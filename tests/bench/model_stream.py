"""What reading a model's stream costs, for each way of reading it: processor time per token, sides taking turns.

``python -m tests.bench.model_stream``: 20 answers at once, 50 tokens a second each, from a stand-in in a process of its
own; the client's own events, its raw lines, and our reader.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import orjson
from openai import AsyncOpenAI
from pydantic import SecretStr

from services.llm.choice import Target
from services.llm.endpoint import Endpoint
from services.llm.prompt import Prompt
from services.llm.providers import PROVIDERS

STREAMS, TOKENS, ROUNDS = 20, 100, 5
SAID = "가나 " * TOKENS


async def plain(client: AsyncOpenAI) -> int:
    """The client's own events."""
    stream = await client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "?"}], stream=True, max_tokens=TOKENS
    )
    return sum([1 async for chunk in stream if chunk.choices and chunk.choices[0].delta.content])


async def lines(client: AsyncOpenAI) -> int:
    """The client's raw lines, decoded by orjson."""
    count = 0
    async with client.chat.completions.with_streaming_response.create(
        model="m", messages=[{"role": "user", "content": "?"}], stream=True, max_tokens=TOKENS
    ) as response:
        async for line in response.iter_lines():
            if line.startswith("data: {"):
                event = orjson.loads(line[6:])
                count += bool(event["choices"] and event["choices"][0]["delta"].get("content"))
    return count


async def ours(endpoint: Endpoint) -> int:
    async with aclosing(endpoint.stream(Prompt("", "?"), TOKENS)) as pieces:
        return sum([1 async for piece in pieces if isinstance(piece, str)])


async def measure(url: str) -> dict[str, list[float]]:
    """Microseconds of processor time per token, for each side and round."""
    client = AsyncOpenAI(api_key="none", base_url=url, max_retries=0)
    endpoint = Endpoint(Target(PROVIDERS["custom"], "m", url, SecretStr("")))
    sides: dict[str, Callable[[], Awaitable[int]]] = {
        "the client's events": lambda: plain(client),
        "raw lines, orjson": lambda: lines(client),
        "our reader": lambda: ours(endpoint),
    }
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(ROUNDS + 1):  # the first one warms up
        for name, side in sides.items():
            before = time.process_time()
            count = sum(await asyncio.gather(*(side() for _ in range(STREAMS))))
            if count != STREAMS * TOKENS:
                raise RuntimeError(f"{name}: {count} tokens")
            if number:
                found[name].append((time.process_time() - before) / count * 1e6)
    await client.close()
    await endpoint.close()
    return found


def main() -> None:
    """Prints the medians and the range of the rounds."""
    command = [sys.executable, "-m", "tests.support.model_server", "--first", "0.3", "--pace", "50", "--author", SAID]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            found = asyncio.run(measure(server.stdout.readline().strip()))
        finally:
            server.terminate()
    for name, rounds in found.items():
        print(f"{name:22} {statistics.median(rounds):6.0f} µs a token ({min(rounds):.0f}-{max(rounds):.0f})")


if __name__ == "__main__":
    main()
