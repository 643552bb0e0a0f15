"""How an operator's command asks the running services, and what it says when they refuse."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from rich.console import Console

from medichain.account.v1 import operator_pb2 as pb
from services.mesh.client import Client
from services.mesh.errors import CallFailed
from services.mesh.host import Host
from services.mesh.settings import Settings

OPERATOR = pb.DESCRIPTOR.services_by_name["OperatorService"]

# What is read by another program, or kept in a file, is not broken to the width of a terminal.
UNBROKEN = 220
console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else UNBROKEN)


def operate(settings: Settings, work: Callable[[Client], Awaitable[None]]) -> int:
    """Does ``work`` with a client of OperatorService. Returns 0, or 1 when it was refused, which it says."""
    try:
        asyncio.run(_operate(settings, work))
    except CallFailed as failure:
        return failed(explained(failure))
    except OSError as problem:  # the deployment's service key cannot be read
        return failed(f"{problem.filename or ''}: {problem.strerror or problem}".lstrip(": "))
    return 0


def failed(line: str) -> int:
    """Says in one line what keeps a command from being done; returns its exit code."""
    console.print(f"medichain: {line}", markup=False)
    return 1


def explained(failure: CallFailed) -> str:
    """A refusal in a line."""
    if failure.reason.name == "UNAVAILABLE" and not failure.answered:
        return "not running; start it with make run"
    line = failure.reason.message
    if failure.violations:
        line += f" ({'; '.join(f'{violation.field} {violation.description}' for violation in failure.violations)})"
    if failure.retry_after:
        line += f" (again in {max(1, round(failure.retry_after))} s)"
    return line


async def audit_pages(operator: Client) -> AsyncIterator[pb.ListAuditEntriesResponse]:
    """The whole audit log, a page at a time."""
    after = 0
    while True:
        page: Any = await operator.ListAuditEntries(pb.ListAuditEntriesRequest(after=after))
        yield page
        if not page.entries:
            return
        after = page.entries[-1].number


async def _operate(settings: Settings, work: Callable[[Client], Awaitable[None]]) -> None:
    host = Host.named("cli", settings, kind="operator")
    try:
        await work(host.mesh.client(OPERATOR))
    finally:
        await host.mesh.close()
