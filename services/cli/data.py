"""Looks after the data: migrations, ingest of official exports, the knowledge index."""

from __future__ import annotations

import asyncio
import importlib
import pathlib
from contextlib import aclosing

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from medichain.knowledge.v1 import knowledge_pb2
from services.mesh.errors import CallFailed
from services.mesh.host import Host
from services.mesh.settings import Settings
from services.storage.exports import ExportError
from services.storage.migrate import OldSchema, ensure, migrate_now

# Services that take official exports in; each has `ingest(settings, folder)` in its composition root.
INGESTING = ("drug", "clinic", "emergency_support", "knowledge")
KNOWLEDGE = knowledge_pb2.DESCRIPTOR.services_by_name["KnowledgeService"]

console = Console(soft_wrap=True)


def migrate(settings: Settings) -> None:
    for history, url in migrate_now(settings):
        console.print(f"{history}: {url.render_as_string(hide_password=True)} is at the newest schema")


def ingest(settings: Settings, service: str, folder: str) -> int:
    """Returns 0 when every file was read, 1 when one could not be."""
    chosen = [service] if service else list(INGESTING)
    if service and service not in INGESTING:
        console.print(f"medichain: {service} takes no exports in; choose one of {', '.join(INGESTING)}")
        return 1
    if folder and not pathlib.Path(folder).is_dir():
        console.print(f"medichain: {folder} is not a folder")
        return 1
    try:
        asyncio.run(ensure(settings))
    except OldSchema as behind:
        console.print(f"medichain: {behind}", markup=False)
        return 1
    return asyncio.run(_ingest(settings, chosen, pathlib.Path(folder) if folder else None))


async def _ingest(settings: Settings, services: list[str], folder: pathlib.Path | None) -> int:
    failures, refused, notes = 0, 0, []
    with _bars() as bars:
        for name in services:
            tasks: dict[str, TaskID] = {}
            counts: dict[str, int] = {}
            take_in = importlib.import_module(f"services.{name}.service").ingest
            try:
                async for report in take_in(settings, folder):
                    if report.source not in tasks:
                        tasks[report.source] = bars.add_task(report.source)
                    bars.update(tasks[report.source], completed=report.done, total=report.total or None)
                    counts[report.source] = report.refused
                    notes += [report.note] if report.note else []
            except ExportError as problem:
                failures += 1
                notes.append(str(problem))
            refused += sum(counts.values())
    for note in notes[:50]:
        console.print(f"  {note}", markup=False)
    console.print(f"{refused} rows refused" if refused else "every row was understood")
    return 1 if failures else 0


def index(settings: Settings, force: bool) -> int:
    """Returns 0 when the index in use is up to date."""
    return asyncio.run(_index(settings, force))


async def _index(settings: Settings, force: bool) -> int:
    host = Host.named("cli", settings, kind="operator")
    request = knowledge_pb2.RebuildIndexRequest(force=force)
    version = ""
    try:
        with _bars() as bars:
            tasks: dict[str, TaskID] = {}
            async with aclosing(host.mesh.client(KNOWLEDGE).RebuildIndex.stream(request)) as reports:
                async for report in reports:
                    if report.stage not in tasks:
                        tasks[report.stage] = bars.add_task(report.stage)
                    bars.update(tasks[report.stage], completed=report.done, total=report.total or None)
                    version = report.index_version
    except CallFailed as failure:
        console.print(f"medichain: {failure.reason.message} (is `make run` running?)")
        return 1
    finally:
        await host.mesh.close()
    console.print(f"index {version} is in use")
    return 0


def _bars() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
