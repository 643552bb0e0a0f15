"""Asks the running mesh and shows the answer as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from rich.console import Console
from rich.markup import escape

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.mesh.errors import CallFailed
from services.mesh.host import Host
from services.mesh.settings import Settings

CHATBOT = pb.DESCRIPTOR.services_by_name["ChatbotService"]
NAMES = {
    "DOMAIN_DRUG": "약",
    "DOMAIN_CLINIC": "병원·약국",
    "DOMAIN_EMERGENCY_SUPPORT": "응급",
    "DOMAIN_INTERNAL_EXTERNAL": "진료과",
    "DOMAIN_OUT_OF_SCOPE": "범위 밖",
}

console = Console(highlight=False, soft_wrap=True)


def run(settings: Settings, question: str, location: tuple[float, float] | None, conversation: str) -> int:
    """Returns the exit code: 0 for an answer, 1 when there is none."""
    request = pb.AskRequest(question=question, conversation_id=conversation)
    if location:
        request.location.latitude, request.location.longitude = location
    return asyncio.run(_ask(settings, request))


async def _ask(settings: Settings, request: pb.AskRequest) -> int:
    host = Host.named("cli", settings)
    code = 1
    try:
        async with aclosing(host.mesh.client(CHATBOT).Ask.stream(request)) as events:
            async for event in events:
                kind = event.WhichOneof("event")
                _SHOWN[kind](getattr(event, kind))
                code = 0 if kind == "completed" else code
    except CallFailed as failure:
        _refused(failure)
    finally:
        await host.mesh.close()
    return code


def _refused(failure: CallFailed) -> None:
    if failure.reason.name == "UNAVAILABLE":
        console.print("MediChain is not running here; start it with `make run`.")
        return
    console.print(failure.reason.message)
    for violation in failure.violations:
        console.print(f"  {violation.field}: {violation.description}")


def _named(domain: int) -> str:
    name = specialist_pb2.Domain.Name(domain)
    return NAMES.get(name, name)


def _emergency(event: pb.Emergency) -> None:
    console.print(f"[bold white on red] {event.hotline or '!'} [/] [bold red]{escape(event.guidance)}[/]")


def _classified(event: pb.Classified) -> None:
    names = ", ".join(_named(domain) for domain in event.domains)
    console.print(f"[dim]분류: {names} ({event.confidence:.0%})[/]")


def _evidence(event: pb.EvidenceFound) -> None:
    titles = ", ".join(f"[{c.number}] {c.title}" for c in event.citations)
    console.print(f"[dim]{_named(event.domain)} 근거: {escape(titles)}[/]")


def _degraded(event: pb.Degraded) -> None:
    console.print(f"[yellow]확인하지 못함: {_named(event.domain)} ({event.reason})[/]")


def _completed(event: pb.Completed) -> None:
    console.print()
    for citation in event.citations:
        console.print(
            f"[dim]\\[{citation.number}] {escape(citation.title)} · {escape(citation.source)} · {citation.as_of}[/]"
        )
    console.print(f"[dim]대화 {event.conversation_id} · {event.timings.total_ms} ms · 확신 {event.confidence:.0%}[/]")


_SHOWN: dict[str, Callable[[Any], None]] = {
    "started": lambda event: None,
    "emergency": _emergency,
    "classified": _classified,
    "evidence": _evidence,
    "degraded": _degraded,
    "delta": lambda event: console.print(escape(event.text), end="", soft_wrap=True),
    "completed": _completed,
    "error": lambda event: console.print(f"[red]{escape(event.message)}[/]"),
}
