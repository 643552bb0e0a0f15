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
from services.storage.redis import open_redis
from services.storage.sessions import SessionRegister
from tests.support.servers import free_ports


@asynccontextmanager
async def running_mesh(data: pathlib.Path | Settings, services: Sequence[str] = SERVICES) -> AsyncIterator[Host]:
    """Serves ``services`` in this process, with the shipped sample data; yields a host that can call them.

    ``data`` is a data directory, or the settings of a deployment. People are judged by the sessions in its Redis, when
    one is configured; nobody is counted.
    """
    settings = data if isinstance(data, Settings) else Settings(data_dir=data)
    await migrate_all(settings)
    redis, before, servers = open_redis(settings), dict(os.environ), []
    ports = dict(zip(services, free_ports(len(services)), strict=True))
    # All of them before any service is built: it asks where the others are when it is.
    os.environ.update({f"MEDICHAIN_{name.upper()}_ADDR": f"dns:///127.0.0.1:{port}" for name, port in ports.items()})
    host = Host.named("test", settings, sessions=SessionRegister(redis))
    try:
        for name, port in ports.items():
            server, _ = await bring_up(name, host, f"127.0.0.1:{port}")
            servers.append(server)
        yield host
    finally:
        await host.mesh.close()
        await asyncio.gather(*(server.stop(0) for server in servers))
        await redis.aclose()
        os.environ.clear()
        os.environ.update(before)
