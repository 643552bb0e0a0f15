"""Which specialists a question goes to, from its classification and its urgency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from medichain.emergency_support.v1 import emergency_support_pb2 as levels
from medichain.specialist.v1 import specialist_pb2 as pb

# A domain below this probability is not consulted; tuned on tests/eval/ (see docs/evaluation.md).
WORTH_ASKING = 0.3
MOST = 3
# From here on a question is also another specialist's in an emergency.
MAINLY = 0.6
# Signs after which the emergency specialist speaks alone, and who may speak beside it otherwise.
ALONE = frozenset({"overdose", "poisoning", "suicide_risk", "self_harm", "alcohol", "opioid", "psychiatric_crisis"})
BESIDE = frozenset({pb.DOMAIN_DRUG, pb.DOMAIN_INTERNAL_EXTERNAL})
# What category tells apart. It cannot know a domain that was added later.
CLASSIFIED = frozenset(
    {
        pb.DOMAIN_DRUG,
        pb.DOMAIN_CLINIC,
        pb.DOMAIN_EMERGENCY_SUPPORT,
        pb.DOMAIN_INTERNAL_EXTERNAL,
        pb.DOMAIN_OUT_OF_SCOPE,
    }
)


def consulted(
    scores: Sequence[tuple[int, float]], level: int, available: Sequence[int], signs: Iterable[str] = ()
) -> list[int]:
    """The domains to consult, best first.

    ``scores`` are the classified domains; empty means the classification is missing, and every specialist is asked.
    While life is in danger the emergency specialist speaks first, and another only where the question is clearly its
    own; after swallowing something, or in a crisis, nobody else speaks: amounts and uses of medicines would do harm.
    Domains that were added come last and are asked every time: a question that is not theirs they leave unanswered.
    """
    if level in (levels.EMERGENCY_LEVEL_CALL_119, levels.EMERGENCY_LEVEL_CRISIS):
        alone = level == levels.EMERGENCY_LEVEL_CRISIS or ALONE & set(signs)
        beside = [] if alone else [domain for domain, score in scores if domain in BESIDE and score >= MAINLY][:1]
        return [domain for domain in (pb.DOMAIN_EMERGENCY_SUPPORT, *beside) if domain in available]
    if not scores:
        return list(available)
    wanted = [domain for domain, score in scores if score >= WORTH_ASKING][:MOST]
    if level == levels.EMERGENCY_LEVEL_URGENT and pb.DOMAIN_EMERGENCY_SUPPORT not in wanted:
        wanted.insert(0, pb.DOMAIN_EMERGENCY_SUPPORT)
    if not wanted:
        wanted = [scores[0][0]]
    return [domain for domain in wanted if domain in available] + added(available)


def added(domains: Iterable[int]) -> list[int]:
    """Those of the domains that category does not know."""
    return [domain for domain in domains if domain not in CLASSIFIED]


def out_of_scope(scores: Sequence[tuple[int, float]], level: int) -> bool:
    """Whether the question is none of the domains' that category knows."""
    return bool(scores) and scores[0][0] == pb.DOMAIN_OUT_OF_SCOPE and level <= levels.EMERGENCY_LEVEL_NONE
