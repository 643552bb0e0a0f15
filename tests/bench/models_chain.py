"""What the product with a model is compared with: a plain chain of three model calls, one after the other.

Three HTTP services: one names the subject (at most 5 tokens), one drafts (60), and the front one, which people ask,
calls both and then has the final text (60) written, passed on as it comes. The model is called with the official
client, as its documentation shows; nothing is checked, cited or kept.

usage: python -m tests.bench.models_chain ROLE PORT MODEL_URL [CLASSIFY_PORT DRAFT_PORT]
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from openai import AsyncOpenAI

from tests.bench.product import free_port, ready

TOKENS = {"classify": 5, "draft": 60, "final": 60}


def step(role: str, client: AsyncOpenAI) -> FastAPI:
    """A service that has one text written and gives it back whole."""
    app = _app()

    @app.post("/")
    async def write(asked: dict[str, Any]) -> dict[str, str]:
        answer = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": asked["question"]}], max_tokens=TOKENS[role]
        )
        return {"text": answer.choices[0].message.content or ""}

    return app


def front(client: AsyncOpenAI, classify: str, draft: str) -> FastAPI:
    """The service that people ask."""
    app, http = _app(), httpx2.AsyncClient()

    async def called(port: str, question: str) -> str:
        answer = await http.post(f"http://127.0.0.1:{port}/", json={"question": question}, timeout=30)
        return str(answer.json()["text"])

    async def written(question: str) -> AsyncIterator[str]:
        subject = await called(classify, question)
        drafted = await called(draft, f"{subject}: {question}")
        stream = await client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": f"{drafted}\n{question}"}],
            max_tokens=TOKENS["final"],
            stream=True,
        )
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content

    @app.post("/")
    async def ask(asked: dict[str, Any]) -> StreamingResponse:
        return StreamingResponse(written(asked["question"]))

    return app


def _app() -> FastAPI:
    app = FastAPI()

    @app.get("/healthz")
    async def healthy() -> str:
        return "ok"

    return app


@contextlib.asynccontextmanager
async def chain(model_url: str) -> AsyncIterator[int]:
    """Starts the three services; gives the port of the front one."""
    ports = {role: free_port() for role in ("classify", "draft", "front")}
    behind = [str(ports["classify"]), str(ports["draft"])]
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.models_chain", role, str(port), model_url, *behind
        )
        for role, port in ports.items()
    ]
    try:
        for process, port in zip(processes, ports.values(), strict=True):
            await ready(process, port, "/healthz")
        yield ports["front"]
    finally:
        for process in processes:
            process.terminate()
            await process.wait()


def main(role: str, port: str, model_url: str, *behind: str) -> None:
    client = AsyncOpenAI(api_key="none", base_url=model_url, max_retries=0)
    app = front(client, *behind) if role == "front" else step(role, client)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error")


if __name__ == "__main__":
    main(*sys.argv[1:])
