"""What all tests share: data prepared once for the tests that need the whole sample."""

from __future__ import annotations

import asyncio
import os
import pathlib
import shutil

import pytest
from filelock import FileLock

from tests.support.running import running_mesh

# No test waits for a model hub: what is not on this machine is not there.
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A data directory with the sample taken in and indexed; made by the first worker that needs it."""
    root = tmp_path_factory.getbasetemp().parent
    made = root / "prepared"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            scratch = root / "prepared.new"
            shutil.rmtree(scratch, ignore_errors=True)
            asyncio.run(_prepare(scratch))
            scratch.rename(made)
    return made


@pytest.fixture
def sample(prepared: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of the prepared data directory for one test."""
    return pathlib.Path(shutil.copytree(prepared, tmp_path / "data", symlinks=True))


async def _prepare(data_dir: pathlib.Path) -> None:
    async with running_mesh(data_dir):
        pass
