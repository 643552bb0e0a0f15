"""Shows what operators did, and whether the log of it is whole."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from services.cli.operating import audit_pages, console, failed, operate
from services.mesh.client import Client
from services.mesh.settings import Settings


def verify(settings: Settings) -> int:
    """Returns 0 when every line is as it was written and none is missing in between."""
    count, broken_after = 0, -1

    async def work(operator: Client) -> None:
        nonlocal count, broken_after
        async for page in audit_pages(operator):
            if not page.intact:
                broken_after = count
                return
            count += len(page.entries)

    if code := operate(settings, work):
        return code
    if broken_after >= 0:
        return failed(f"the audit log has been altered after line {broken_after} or before")
    console.print(f"{count} lines, all as they were written")
    return 0


def listed(settings: Settings) -> int:
    table = Table("no.", "when", "operator", "what", "to", "why")

    async def work(operator: Client) -> None:
        async for page in audit_pages(operator):
            for line in page.entries:
                cells = (line.at, line.operator, line.action, line.subject, line.reason)
                table.add_row(str(line.number), *map(escape, cells))

    if code := operate(settings, work):
        return code
    console.print(table)
    return 0
