"""What labelled questions close to a text add to the model's judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from services.category.model import DOMAINS

# Chosen by leave-one-out cross-validation over the labelled questions, with the built-in lexical vectors.
_SHARPNESS, _WEIGHT = 0.1, 0.5
_FAR, _NEAR = 0.2, 0.7
_SUREST_VOTE, _SUREST = 0.95, 0.999


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled question close to the text: its domains, and its cosine similarity, -1..1."""

    domains: tuple[str, ...]
    similarity: float


def combined(alone: Mapping[str, float], neighbours: Sequence[Neighbour]) -> dict[str, float]:
    """The model's probabilities moved by the neighbours' votes, as sums of log-odds.

    Neighbours count the more the closer the closest of them is, and not at all when it is far: nothing can be learnt
    from questions about something else.
    """
    closest = max((one.similarity for one in neighbours), default=-1.0)
    weight = _WEIGHT * min(1.0, max(0.0, (closest - _FAR) / (_NEAR - _FAR)))
    if weight == 0:
        return dict(alone)
    votes = _votes(neighbours, closest)
    return {
        domain: 1 / (1 + exp(-_odds(alone[domain], _SUREST) - weight * _odds(votes[domain], _SUREST_VOTE)))
        for domain in DOMAINS
    }


def _votes(neighbours: Sequence[Neighbour], closest: float) -> dict[str, float]:
    """Share of each domain among the neighbours, a closer one counting more (a softmax of the similarities)."""
    shares = [exp((one.similarity - closest) / _SHARPNESS) for one in neighbours]
    total = sum(shares)
    return {
        domain: sum(share for one, share in zip(neighbours, shares, strict=True) if domain in one.domains) / total
        for domain in DOMAINS
    }


def _odds(chance: float, surest: float) -> float:
    kept = min(surest, max(1 - surest, chance))
    return log(kept / (1 - kept))
