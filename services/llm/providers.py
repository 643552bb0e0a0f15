"""The providers of language models this house can talk to, all of them as OpenAI-compatible endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

EXTRACTIVE = "extractive"


class Role(StrEnum):
    """What a model is used for: a specialist's draft, the answer's text, or vectors."""

    REASONING = "reasoning"
    GENERATION = "generation"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class Provider:
    """An entry of the table.

    ``base_url`` and ``model`` are empty when only the deployment can know them. ``key_variable`` is empty when no key
    is used; ``key_needed`` tells whether it works without one. ``context`` is what the default model reads, in tokens,
    None when that depends on the deployment. ``limit`` is the endpoint's name for the most tokens of an answer;
    ``optional`` are the parameters it may be sent beside the necessary ones.
    """

    name: str
    base_url: str
    key_variable: str
    model: str
    embedding_model: str = ""
    key_needed: bool = True
    context: int | None = None
    limit: str = "max_tokens"
    optional: frozenset[str] = field(default=frozenset({"stream", "stream_options", "temperature"}))

    @property
    def capabilities(self) -> tuple[str, ...]:
        """In words for people: what the endpoint can do."""
        known = {"stream": "streaming", "stream_options": "usage"}
        return (
            "chat",
            *(word for name, word in known.items() if name in self.optional),
            *(("embedding",) if self.embedding_model else ()),
        )


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens read and written."""

    read: float
    written: float = 0.0


_TABLE = (
    Provider(
        "openai", "https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-4o-mini", "text-embedding-3-small",
        context=128_000, limit="max_completion_tokens",
    ),
    # ai.google.dev/gemini-api/docs/openai
    Provider(
        "gemini", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY", "gemini-2.5-flash",
        "gemini-embedding-001", context=1_000_000,
    ),
    # alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope, the Singapore region
    Provider(
        "qwen", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY", "qwen-plus",
        "text-embedding-v4", context=128_000,
    ),
    # It cuts what is longer than its context without saying so, and its context is 4,096 unless it is told otherwise.
    Provider("ollama", "http://127.0.0.1:11434/v1", "", "qwen2.5:7b", "bge-m3", key_needed=False, context=4096),
    # Its own default port is the one our edge takes, and it serves the model it was started with: both must be said.
    Provider("vllm", "", "VLLM_API_KEY", "", key_needed=False),
    # docs.aws.amazon.com/bedrock: inference-chat-completions; other regions through MEDICHAIN_LLM_BASE_URLS
    Provider(
        "bedrock", "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1", "AWS_BEARER_TOKEN_BEDROCK",
        "openai.gpt-oss-20b-1:0", context=128_000,
    ),
    # Whatever OPENAI_BASE_URL points at.
    Provider("custom", "", "OPENAI_API_KEY", "gpt-4o-mini", "text-embedding-3-small", key_needed=False),
)  # fmt: skip

PROVIDERS: Mapping[str, Provider] = MappingProxyType({provider.name: provider for provider in _TABLE})

# List prices as published in June 2026 (platform.openai.com/docs/pricing). What is missing here has no known cost.
PRICES: Mapping[tuple[str, str], Price] = MappingProxyType(
    {
        ("openai", "gpt-4o-mini"): Price(0.15, 0.60),
        ("openai", "gpt-4o"): Price(2.50, 10.00),
        ("openai", "gpt-4.1"): Price(2.00, 8.00),
        ("openai", "gpt-4.1-mini"): Price(0.40, 1.60),
        ("openai", "text-embedding-3-small"): Price(0.02),
        ("openai", "text-embedding-3-large"): Price(0.13),
    }
)
