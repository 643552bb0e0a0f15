"""Tokens and money."""

from prometheus_client import REGISTRY
from pydantic import SecretStr

from services.llm.choice import Target
from services.llm.prompt import Prompt
from services.llm.providers import PRICES, PROVIDERS, Role
from services.llm.sse import Usage
from services.llm.usage import assumed, spent


def target(provider, model):
    return Target(PROVIDERS[provider], model, "http://here", SecretStr(""))


def counted(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_known_price_makes_a_cost_and_counts_the_tokens():
    labels = {"provider": "openai", "role": "reasoning"}
    before = counted("medichain_model_tokens_total", kind="written", **labels)
    found = spent(target("openai", "gpt-4o-mini"), Role.REASONING, Usage(2_000_000, 1_000_000))
    assert found.dollars == 0.9
    assert counted("medichain_model_tokens_total", kind="written", **labels) == before + 1_000_000


def test_an_unknown_price_is_no_cost_and_is_counted_as_such():
    before = counted("medichain_model_unpriced_total", provider="ollama", role="generation")
    assert spent(target("ollama", "m"), Role.GENERATION, Usage(9, 9)).dollars is None
    assert counted("medichain_model_unpriced_total", provider="ollama", role="generation") == before + 1


def test_what_nobody_told_is_estimated_and_says_so():
    found = assumed(Prompt("가나", "다"), "라마")
    assert found.estimated
    assert (found.read, found.written) == (15, 2)


def test_every_price_is_of_a_provider_in_the_table():
    assert {provider for provider, _ in PRICES} <= set(PROVIDERS)
