"""Every statement that the stores send is found by an index: no user-sized table is read from end to end.

``make test`` collects the statements while the suites run and explains them afterwards; by itself this test runs the
suites of the stores first.
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import sys
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from services.storage.engine import open_engine
from tests.support.explained import USER_SIZED, collected, fill, scans

ROOT = pathlib.Path(__file__).parents[2]
# The tests that make each store do all it can.
SUITES = (
    "tests/contract/test_account_servicer.py",
    "tests/contract/test_sessions.py",
    "tests/contract/test_chatbot_store.py",
    "tests/contract/test_chatbot_history.py",
    "tests/contract/test_operator_servicer.py",
    "tests/integration/test_shards.py",
    "tests/integration/test_moves.py",
    "tests/unit/storage/test_audit.py",
    "tests/unit/storage/test_master_keys.py",
    "tests/unit/storage/test_cipher.py",
)


@pytest.fixture
async def filled(mariadb_url: Callable[[str], URL]) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(mariadb_url("filled"))
    await fill(engine)
    yield engine
    await engine.dispose()


@pytest.mark.timeout(1200)
async def test_no_statement_of_the_stores_reads_a_user_sized_table_from_end_to_end(filled, tmp_path) -> None:
    statements = collected(await gathered(tmp_path))
    sent = " ".join(statement for statement, _ in statements)
    assert [table for table in USER_SIZED if table not in sent] == []
    assert await scans(filled, statements) == []


async def gathered(folder: pathlib.Path) -> pathlib.Path:
    """The folder with what the stores sent: of an earlier run (EXPLAINED_FROM), or of their suites, run now."""
    earlier = os.environ.get("EXPLAINED_FROM")
    if earlier:
        return pathlib.Path(earlier)
    target = folder / "statements"
    command = (sys.executable, "-m", "pytest", *SUITES, "-q", "-k", "servers and not at_once", "-p", "no:cacheprovider")
    process = await asyncio.create_subprocess_exec(
        *command, "-p", "tests.support.explained", "-p", "no:xdist", f"--basetemp={folder}/suites",
        cwd=ROOT, env={**_unmarked(), "EXPLAINED_TO": str(target)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-3000:]
    return target


def _unmarked() -> dict[str, str]:
    """This process's environment without what tells the tests within which test they run."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}


async def test_a_full_scan_is_seen(filled) -> None:
    for statement, found in {
        "SELECT id FROM users WHERE role = 'user'": [("users", "ALL")],
        "SELECT u.id FROM users AS u WHERE u.role = 'user'": [("users", "ALL")],
        "SELECT count(*) FROM conversation": [("conversation", "index")],
        "DELETE FROM session WHERE end_reason = 'x'": [("session", "ALL")],
        "SELECT id FROM users WHERE id = '00000007'": [],
        "SELECT id FROM users LIMIT 1": [],
        "SELECT id FROM users ORDER BY role LIMIT 1": [("users", "ALL")],
        "SELECT number FROM audit_log WHERE reason = 'x'": [],
    }.items():
        assert [(scan.table, scan.how) for scan in await scans(filled, [(statement, ())])] == found
