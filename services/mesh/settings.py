"""Where things are and how they are reached; every value may come from the environment or a .env file."""

from __future__ import annotations

import json
import os
import pathlib
from functools import lru_cache
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
FIRST_PORT = 50051

# The services of the embedded default, in the order of their ports. `knowledge` has a process of its own.
SERVICES = ("knowledge", "category", "drug", "clinic", "emergency_support", "internal_external", "chatbot", "account")


def _role(name: str) -> Any:
    return Field(default="", validation_alias=AliasChoices(f"MEDICHAIN_{name}_PROVIDER", f"{name}_PROVIDER"))


def _secret(variable: str) -> Any:
    """A key under the name its provider gives it; shown to nobody."""
    return Field(default=SecretStr(""), validation_alias=variable)


class Settings(BaseSettings):
    """The deployment's settings; unset means the embedded default."""

    model_config = SettingsConfigDict(
        env_prefix="MEDICHAIN_", env_file=CHECKOUT / ".env", extra="ignore", populate_by_name=True
    )

    http_port: int = Field(default=8000, ge=0, le=65535)
    data_dir: pathlib.Path = CHECKOUT / "var"
    log_level: str = "INFO"

    global_db_url: str | None = None
    shard_db_urls: str | None = None
    reference_db_url: str | None = None
    key_db_url: str | None = None
    redis_url: str | None = None

    signing_key_file: pathlib.Path | None = None
    master_key_file: pathlib.Path | None = None
    service_key_file: pathlib.Path | None = None
    # Master keys in place of their file: base64 of 32 bytes, or "id base64, id base64", the newest last.
    master_key: SecretStr = SecretStr("")

    trusted_proxies: str = ""
    allowed_origins: str = ""

    # Specialists the orchestrator consults, by service name.
    specialists: str = "drug,clinic,emergency_support,internal_external"
    embedding_model: str | None = None

    # Who writes: names of services/llm/providers.py. Nothing said means `openai` or `custom` when their variables are
    # set, else `extractive`. A role's provider may be named without the prefix too.
    llm_provider: str = "extractive"
    reasoning_provider: str = _role("REASONING")
    generation_provider: str = _role("GENERATION")
    embedding_provider: str = _role("EMBEDDING")
    # Providers asked in this order when the chosen one fails; `extractive` always comes last.
    llm_fallbacks: str = ""
    # The model of the chosen provider, and "provider=value" lists for the others.
    llm_model: str = ""
    llm_models: str = ""
    llm_base_urls: str = ""
    # "single_pass": one text over all evidence; "two_stage": a draft for each domain, then one text.
    answer_strategy: Literal["single_pass", "two_stage"] = "single_pass"
    # Tokens a person may use in a day; 0: as many as they like.
    daily_tokens: int = Field(default=0, ge=0)
    llm_max_tokens: int = Field(default=2048, ge=1, le=32_768)
    # Seconds: until a model's first text, between two texts, for a whole text.
    llm_first_token_s: float = Field(default=6.0, gt=0)
    llm_idle_s: float = Field(default=6.0, gt=0)
    llm_whole_s: float = Field(default=45.0, gt=0)

    openai_base_url: str = Field(default="", validation_alias="OPENAI_BASE_URL")
    openai_api_key: SecretStr = _secret("OPENAI_API_KEY")
    gemini_api_key: SecretStr = _secret("GEMINI_API_KEY")
    dashscope_api_key: SecretStr = _secret("DASHSCOPE_API_KEY")
    vllm_api_key: SecretStr = _secret("VLLM_API_KEY")
    aws_bearer_token_bedrock: SecretStr = _secret("AWS_BEARER_TOKEN_BEDROCK")

    # Seconds after which a server asks its clients to connect again, so that they see new replicas.
    max_connection_age_s: int = Field(default=300, ge=1)
    trace_ratio: float = Field(default=0.0, ge=0, le=1)

    # Shortest password a person may choose, in characters; demo accounts are exempt.
    password_min_length: int = Field(default=15, ge=8, le=64)
    # True: a new login ends the person's other sessions.
    single_session: bool = False
    # Days a session lasts without being refreshed, and minutes an access token does.
    session_days: int = Field(default=14, ge=1, le=365)
    access_token_minutes: int = Field(default=15, ge=1, le=60)
    # Days after which people's conversations go; 0 keeps them until they are erased.
    retention_days: int = Field(default=0, ge=0)
    # True: an address that sends input looking like an injection is blocked for 24 hours.
    block_injection: bool = False

    @property
    def embedded(self) -> bool:
        """True when this process makes its own keys and databases: no database is configured."""
        return not any((self.global_db_url, self.shard_db_urls, self.reference_db_url, self.key_db_url))

    @property
    def lacks(self) -> str:
        """What keeps this deployment from starting, as a line for its operator; "" when nothing does.

        With a database configured keys are never made on the way: one made here would be unknown everywhere else.
        """
        named = {"SIGNING": self.signing_key_file, "MASTER": self.master_key_file, "SERVICE": self.service_key_file}
        if self.master_key.get_secret_value():
            del named["MASTER"]
        missing = [f"MEDICHAIN_{name}_KEY_FILE" for name, path in named.items() if path is None or not path.exists()]
        if self.embedded or not missing:
            return ""
        return f"databases are configured, so key files must be too; without a file: {', '.join(missing)}"

    @property
    def specialist_services(self) -> tuple[str, ...]:
        """The configured specialists, in their order."""
        return tuple(name.strip() for name in self.specialists.split(",") if name.strip())

    @property
    def services(self) -> tuple[str, ...]:
        """Every service of this deployment: the known ones, then specialists that were added by configuration."""
        return (*SERVICES, *(name for name in self.specialist_services if name not in SERVICES))

    def path(self, *parts: str) -> pathlib.Path:
        """A path below the data directory whose folder exists."""
        target = self.data_dir.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def address(self, service: str) -> str:
        """The gRPC target of a service: MEDICHAIN_<SERVICE>_ADDR, else where `up` has put it, else its default port."""
        given = os.environ.get(f"MEDICHAIN_{service.upper()}_ADDR") or self.running().get(service)
        return given or f"dns:///127.0.0.1:{default_port(service)}"

    def running(self) -> dict[str, str]:
        """What the running embedded default has written down: service → target, and "edge" → URL."""
        try:
            return dict(json.loads((self.data_dir / "run" / "addresses.json").read_text()))
        except (OSError, ValueError):
            return {}


def default_port(service: str) -> int:
    """The port a service takes when nothing else is said; services added later come after the known ones."""
    known = SERVICES.index(service) if service in SERVICES else len(SERVICES) + sum(service.encode()) % 100
    return FIRST_PORT + known


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
