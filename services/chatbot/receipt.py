"""An answer's receipt: what it was made of, so that it can be checked again long after. It holds no text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.llm.instructions import version
from services.llm.providers import EXTRACTIVE

if TYPE_CHECKING:
    from services.chatbot.answer import Answer


@dataclass(frozen=True, slots=True)
class Receipt:
    """``evidence``: ids by citation number; ``dropped``: sentences of the model that did not go out, by reason.
    ``modelled``: where in the answer its own sentences stand, begin and end.

    ``dollars`` is None when a price is not known, 0 when no model wrote.
    """

    prompts: str
    provider: str
    model: str
    data_version: str
    evidence: Mapping[int, str]
    dropped: Mapping[str, int]
    modelled: Sequence[tuple[int, int]]
    tokens_read: int
    tokens_written: int
    dollars: float | None


def receipt(answer: Answer) -> Receipt:
    """The receipt of an answer as it stands."""
    used = answer.citations.used
    return Receipt(
        prompts="" if answer.writer == EXTRACTIVE else version(),
        provider=answer.writer,
        model=answer.model,
        data_version=max((citation.as_of for citation in used), default=""),
        evidence={citation.number: citation.id for citation in used},
        dropped=dict(answer.dropped),
        modelled=tuple(answer.modelled),
        tokens_read=sum(one.usage.read for one in answer.spent),
        tokens_written=sum(one.usage.written for one in answer.spent),
        dollars=_sum([one.dollars for one in answer.spent]),
    )


def _sum(dollars: Sequence[float | None]) -> float | None:
    known = [one for one in dollars if one is not None]
    return sum(known) if len(known) == len(dollars) else None
