"""Which of the retrieved passages an answer should quote."""

from __future__ import annotations

from collections.abc import Sequence

from medichain.knowledge.v1 import knowledge_pb2

# Below this fused score a passage is about something else; tuned on tests/eval/ (see docs/evaluation.md).
FLOOR = 0.35
# A second passage is quoted when it fits nearly as well as the first.
NEARLY = 0.85


def worth_quoting(passages: Sequence[knowledge_pb2.Passage], most: int = 2) -> list[knowledge_pb2.Passage]:
    """The first passages that fit, best first; none when even the best is about something else."""
    if not passages or passages[0].score < FLOOR:
        return []
    enough = max(FLOOR, passages[0].score * NEARLY)
    return [passage for passage in passages[:most] if passage.score >= enough]
