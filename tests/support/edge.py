"""The edge on a free port of this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway_rest.server import serve
from services.mesh.settings import Settings


@asynccontextmanager
async def running_edge(settings: Settings) -> AsyncIterator[str]:
    """Serves the edge; yields its URL."""
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ready(port: int) -> None:
        listening.set_result(port)

    task = asyncio.create_task(serve("127.0.0.1", 0, settings, ready))
    await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield f"http://127.0.0.1:{await listening}"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
