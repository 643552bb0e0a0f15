"""What answers take: tokens and money, for each and in the metrics."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import Counter, Histogram

from services.llm.choice import Target
from services.llm.prompt import Prompt, estimated
from services.llm.providers import PRICES, Role
from services.llm.sse import Usage

TOKENS = Counter("medichain_model_tokens_total", "Tokens read and written by models", ["provider", "role", "kind"])
COST = Counter("medichain_model_cost_dollars_total", "Cost of model answers, where known", ["provider", "role"])
UNPRICED = Counter("medichain_model_unpriced_total", "Model answers whose cost is not known", ["provider", "role"])
ANSWERS = Counter("medichain_model_answers_total", "Attempts at an answer", ["provider", "role", "outcome"])
FIRST_TEXT = Histogram(
    "medichain_model_first_text_seconds",
    "Time from asking a model to its first text",
    ["provider", "role"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10),
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one attempt took. ``dollars`` is None when the model's price is not known."""

    provider: str
    model: str
    role: Role
    usage: Usage
    dollars: float | None


def spent(target: Target, role: Role, usage: Usage) -> Spent:
    """The attempt's cost, added to the metrics."""
    name = target.provider.name
    price = PRICES.get((name, target.model))
    TOKENS.labels(name, role.value, "read").inc(usage.read)
    TOKENS.labels(name, role.value, "written").inc(usage.written)
    dollars = (usage.read * price.read + usage.written * price.written) / 1_000_000 if price else None
    if dollars is None:
        UNPRICED.labels(name, role.value).inc()
    else:
        COST.labels(name, role.value).inc(dollars)
    return Spent(name, target.model, role, usage, dollars)


def assumed(prompt: Prompt, written: str) -> Usage:
    """What an answer has taken whose endpoint does not tell, or whose end was not waited for."""
    return Usage(prompt.tokens, estimated(written), estimated=True)
