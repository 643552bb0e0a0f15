"""What a model is asked for one answer. Evidence, history and question are data in it, between marks that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medichain.specialist.v1 import specialist_pb2
from services.chatbot.question import Question
from services.llm.instructions import instructions
from services.llm.prompt import Prompt, Turn

_MARKS = str.maketrans({"<": "〈", ">": "〉"})


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to write from: evidence by citation number, what has been said, drafts by domain."""

    evidence: Mapping[int, str]
    said: Sequence[str] = ()
    drafts: Sequence[str] = ()


def prompt(kind: str, domains: Sequence[int], question: Question, asked: str, material: Material) -> Prompt:
    """The prompt for a text of a ``kind`` ("answer" or "draft"). ``asked``: the question, standing alone."""
    services = [specialist_pb2.Domain.Name(domain).removeprefix("DOMAIN_").lower() for domain in domains]
    parts = [_part("자료", [f"[{number}] {text}" for number, text in material.evidence.items()])]
    if material.drafts:
        parts.append(_part("초안", material.drafts))
    if material.said:
        parts.append(_part("이미 한 말", material.said))
    parts.append(_part("질문", [asked]))
    history = tuple(
        turn for earlier in question.standing.turns for turn in (Turn("user", earlier.question), _said(earlier.answer))
    )
    return Prompt(instructions(kind, services), "\n\n".join(parts), history)


def _said(answer: str) -> Turn:
    return Turn("assistant", answer)


def _part(name: str, lines: Sequence[str]) -> str:
    body = "\n".join(line.translate(_MARKS) for line in lines)
    return f"<{name}>\n{body}\n</{name}>"
