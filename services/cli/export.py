"""Takes out what operators may use: ratings as JSON Lines, without anything that points to a person."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from typing import TextIO

from google.protobuf.json_format import MessageToJson
from rich.console import Console

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.cli.operating import explained
from services.mesh.errors import CallFailed
from services.mesh.host import Host
from services.mesh.settings import Settings

CHATBOT = pb.DESCRIPTOR.services_by_name["ChatbotService"]

console = Console(stderr=True, soft_wrap=True)


def feedback(settings: Settings, since: str, file: str) -> int:
    """Writes ratings, oldest first, to ``file``, or to the standard output. Returns 0, or 1 when there was a failure.

    One that was changed comes again at its new time: the last line of an exchange counts.
    """
    try:
        with open(file, "w", encoding="utf-8") if file else nullcontext(sys.stdout) as out:
            written = asyncio.run(_feedback(settings, since, out))
    except (CallFailed, OSError) as problem:
        said = explained(problem) if isinstance(problem, CallFailed) else f"{file}: {problem.strerror}"
        console.print(f"medichain: {said}", markup=False)
        return 1
    console.print(f"{written} ratings")
    return 0


async def _feedback(settings: Settings, since: str, out: TextIO) -> int:
    host = Host.named("cli", settings, kind="operator")
    chatbot = host.mesh.client(CHATBOT)
    written, token = 0, ""
    try:
        while True:
            page = await chatbot.ExportFeedback(pb.ExportFeedbackRequest(since=since, page_token=token))
            written += _lines(page, out)
            token = page.next_page_token
            if not token:
                return written
    finally:
        await host.mesh.close()


def _lines(page: pb.ExportFeedbackResponse, out: TextIO) -> int:
    for rating in page.feedback:
        line = MessageToJson(rating, indent=None, ensure_ascii=False, always_print_fields_with_no_presence=True)
        out.write(line + "\n")
    return len(page.feedback)
