"""How good an answer is, as far as a machine can tell: a number kept beside it for later reports."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|\n|$)")
_CITED = re.compile(r"\[\d+\]")
# Weights add up to one: resting on sources counts most, then certainty, then that no part is missing.
SOURCED, CERTAIN, WHOLE = 0.5, 0.3, 0.2


def quality(text: str, confidence: float, missing: int) -> float:
    """0..1: the share of sentences with a citation, the answer's confidence, and 1/(1 + missing parts), weighted."""
    sentences = [found for found in _SENTENCE.findall(text) if found.strip()]
    sourced = sum(1 for found in sentences if _CITED.search(found)) / len(sentences) if sentences else 0.0
    return round(SOURCED * sourced + CERTAIN * confidence + WHOLE / (1 + missing), 3)
