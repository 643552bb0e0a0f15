"""Which domains a question belongs to: the model, labelled neighbours, red flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.category.clauses import with_each_sentence
from services.category.combiner import Neighbour, combined
from services.category.model import Model
from services.category.ranking import ranked
from services.safety.red_flags import Level, assess


@dataclass(frozen=True, slots=True)
class Classification:
    """Domains with their probabilities, best first, and how urgent the text is."""

    domains: list[tuple[str, float]]
    level: Level


def classified(model: Model, question: str, neighbours: Sequence[Neighbour]) -> Classification:
    """The classification of a normalised question; without neighbours the model decides alone."""
    level = assess(question).level
    whole = combined(model.probabilities(question), neighbours)
    return Classification(ranked(with_each_sentence(question, whole, model.probabilities), level), level)
