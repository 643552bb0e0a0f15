"""Questions that ask two things: each sentence is heard by itself, so that the first does not drown the second."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

OUT_OF_SCOPE = "out_of_scope"
# A sentence shorter than this leans on its neighbours and says nothing by itself.
SHORTEST = 9
# How sure a sentence must be of its domain to add it, and how much of its probability it brings.
SURE, SHARE = 0.8, 0.9

_END = re.compile(
    r"(?<=[?？!.。])\s+|(?<=요)\s+(?=그리고|또|근데|혹시|근처|가까운)|(?<=나)\s+(?=근처|가까운)|\s*,?\s+그리고\s+"
)


def sentences(question: str) -> list[str]:
    """The sentences of a question that are long enough to be heard alone; empty when there is only one."""
    parts = [part.strip() for part in _END.split(question) if part and len(part.strip()) >= SHORTEST]
    return parts if len(parts) > 1 else []


def with_each_sentence(
    question: str, whole: Mapping[str, float], judge: Callable[[str], Mapping[str, float]]
) -> dict[str, float]:
    """The probabilities of the whole question, raised where one of its sentences is sure of a domain."""
    chances = dict(whole)
    for sentence in sentences(question):
        alone = judge(sentence)
        best = max(alone, key=lambda domain: alone[domain])
        if best != OUT_OF_SCOPE and alone[best] >= SURE:
            chances[best] = max(chances[best], alone[best] * SHARE)
    return chances
