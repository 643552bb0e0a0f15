"""`medichain up` as a person runs it: ready, asked, a process killed and started again, Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys

import httpx
import pytest

from services.mesh.settings import SERVICES

pytestmark = pytest.mark.xdist_group("processes")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def read_until(stream, words):
    said = b""
    while words not in said:
        line = await stream.readline()
        assert line, said.decode(errors="replace")
        said += line


@pytest.mark.timeout(180)
async def test_up_serves_and_ends_cleanly(sample):
    port = free_port()
    environment = {f"MEDICHAIN_{name.upper()}_ADDR": f"dns:///127.0.0.1:{free_port()}" for name in SERVICES}
    environment |= {**os.environ, "MEDICHAIN_DATA_DIR": str(sample), **environment}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", "up", "--port", str(port),
        env=environment, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await read_until(process.stderr, b"Ctrl-C stops everything")
    addresses = json.loads((sample / "run" / "addresses.json").read_text())
    assert addresses["edge"] == f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=addresses["edge"], timeout=30) as browser:
        answer = await browser.post("/v1/conversations:ask", json={"question": "타이레놀 부작용"})
        assert answer.json().get("answer"), answer.text
    process.send_signal(signal.SIGINT)
    await read_until(process.stderr, b"stopped")
    assert await asyncio.wait_for(process.wait(), 20) == 0
    assert not (sample / "run" / "addresses.json").exists()
