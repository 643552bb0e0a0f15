"""An answer checked again from its receipt, long after and without any service: does what was said still stand?

Nothing here shows the text: an answer is a person's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.checking import Checked
from services.chatbot.citations import held_to
from services.llm.instructions import version
from services.safety.claims import Names, forbidden
from services.safety.disclaimers import DISCLAIMER
from services.safety.sentences import SentenceCutter


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it is kept, with what its receipt says."""

    answer: str
    completed: pb.Completed
    provider: str
    model: str
    prompt_version: str
    modelled: Sequence[tuple[int, int]]
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True)
class Replay:
    """``faults`` says, one line each and without any text of the answer, what does not hold."""

    sentences: int
    by_model: int
    supported: int
    same_prompts: bool
    faults: tuple[str, ...]


def replayed(stored: Stored, names: Names) -> Replay:
    """Checks every sentence of a stored answer, those of a model against the evidence they cite."""
    completed = stored.completed
    checked = Checked({citation.number: held_to(citation) for citation in completed.citations}, names)
    modelled = [sentence for begin, end in stored.modelled for sentence in _cut(stored.answer[begin:end])]
    supported = sum(len(checked.feed(f"{sentence}\n")) for sentence in modelled)
    faults = [
        *(f"sentence {number}: wording that never goes out" for number in _forbidden(stored.answer)),
        *(f"{count} of the model's sentences: {reason}" for reason, count in checked.dropped.items()),
        *(["the closing sentence is missing"] if not stored.answer.endswith(DISCLAIMER) else []),
        *(["the answer differs from what was sent"] if stored.answer != completed.answer else []),
        *_evidence_faults(stored),
    ]
    return Replay(
        sentences=len(_cut(stored.answer)),
        by_model=len(modelled),
        supported=supported,
        same_prompts=stored.prompt_version in ("", version()),
        faults=tuple(faults),
    )


def _evidence_faults(stored: Stored) -> list[str]:
    cited = {citation.id for citation in stored.completed.citations}
    return [f"evidence {id} is in the receipt only" for id in stored.evidence if id not in cited]


def _forbidden(answer: str) -> list[int]:
    return [number for number, sentence in enumerate(_cut(answer), 1) if forbidden(sentence)]


def _cut(text: str) -> list[str]:
    cutter = SentenceCutter()
    return [*cutter.feed(text), *cutter.end()]
