"""A whole mesh for tests: every service on free ports of this machine."""

from __future__ import annotations

import asyncio
import os
import pathlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.mesh.host import Host, bring_up
from services.mesh.settings import SERVICES, Settings
from services.storage.migrate import migrate_all


@asynccontextmanager
async def running_mesh(data_dir: pathlib.Path, services: Sequence[str] = SERVICES) -> AsyncIterator[Host]:
    """Serves ``services`` in this process, with the shipped sample data; yields a host that can call them."""
    settings = Settings(data_dir=data_dir)
    await migrate_all(settings)
    host = Host.named("test", settings)
    before = dict(os.environ)
    servers = []
    try:
        for name in services:
            server, port = await bring_up(name, host, "127.0.0.1:0")
            os.environ[f"MEDICHAIN_{name.upper()}_ADDR"] = f"dns:///127.0.0.1:{port}"
            servers.append(server)
        yield host
    finally:
        await host.mesh.close()
        await asyncio.gather(*(server.stop(0) for server in servers))
        os.environ.clear()
        os.environ.update(before)
