"""Which endpoints a text is asked of, in which order: what the request says, else the session, else the deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from services.llm.providers import EXTRACTIVE, PROVIDERS, Provider, Role
from services.mesh.errors import InvalidField
from services.mesh.settings import Settings


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint and the model asked there. Its address may hold a password and its key is one: neither is shown."""

    provider: Provider
    model: str
    base_url: str = field(repr=False)
    key: SecretStr = field(repr=False)

    @property
    def context(self) -> int | None:
        """How many tokens the model reads, as far as the table knows: it speaks of the default model only."""
        known = self.model == self.provider.model or not self.provider.key_needed
        return self.provider.context if known else None

    @property
    def abroad(self) -> bool:
        """Whether what is sent there may leave the country: everything but this machine and private networks."""
        try:
            return not ip_address(self.host).is_private
        except ValueError:
            return self.host != "localhost"

    @property
    def host(self) -> str:
        """Where it is, for people."""
        return urlsplit(self.base_url).hostname or ""


def targets(
    role: Role, settings: Settings, request: Mapping[str, str] | None = None, session: Mapping[str, str] | None = None
) -> tuple[Target, ...]:
    """The endpoints to ask, best first; none means the extractive writer. ``request`` and ``session``: role → name.

    Raises INVALID_FIELD when a person names a provider that this deployment does not have. What the deployment itself
    names wrongly is left out (:func:`problems` tells), so that answers go on.
    """
    asked = (request or {}).get(role) or (session or {}).get(role) or ""
    if asked and asked != EXTRACTIVE and _problem(asked, role, settings):
        raise InvalidField("providers", "names a provider this deployment does not have")
    first = asked or chosen(role, settings)
    if first == EXTRACTIVE:
        return ()
    # Vectors of two models cannot be compared: another provider is no help there.
    names = [first] if role is Role.EMBEDDING else [first, *_listed(settings.llm_fallbacks)]
    fit = [name for name in dict.fromkeys(names) if name != EXTRACTIVE and not _problem(name, role, settings)]
    return tuple(_target(PROVIDERS[name], role, settings) for name in fit)


def chosen(role: Role, settings: Settings) -> str:
    """The deployment's provider for a role. Vectors come from a provider only when one is named for them."""
    named: str = getattr(settings, f"{role}_provider").strip()
    if named or role is Role.EMBEDDING:
        return named or EXTRACTIVE
    return _default(settings)


def problems(settings: Settings) -> list[str]:
    """What is wrong with the deployment's choice of providers, in sentences for its operator."""
    found = []
    for role in Role:
        names = [chosen(role, settings), *(() if role is Role.EMBEDDING else _listed(settings.llm_fallbacks))]
        found += [_problem(name, role, settings) for name in names if name != EXTRACTIVE]
    return list(dict.fromkeys(problem for problem in found if problem))


def _default(settings: Settings) -> str:
    if "llm_provider" in settings.model_fields_set and settings.llm_provider.strip():
        return settings.llm_provider.strip()
    if settings.openai_base_url.strip():
        return "custom"
    return "openai" if settings.openai_api_key.get_secret_value().strip() else EXTRACTIVE


def _problem(name: str, role: Role, settings: Settings) -> str:
    """Why a provider cannot serve; empty when it can."""
    provider = PROVIDERS.get(name)
    if provider is None:
        return f"the {role} provider is none of {', '.join((EXTRACTIVE, *PROVIDERS))}"
    if not provider.key_needed and name not in _mentioned(settings):
        return f"{name} is not mentioned in this deployment's settings"
    target = _target(provider, role, settings)
    key = target.key.get_secret_value()
    if provider.key_needed and not key:
        return f"{name} needs {provider.key_variable}"
    if not (key.isascii() and key.isprintable()):
        return f"{provider.key_variable} holds characters that a key cannot hold"
    if not _is_url(target.base_url):
        return f"{name} needs a base URL that begins with http:// or https://"
    return "" if target.model else f"{name} needs a model for {role}"


def _target(provider: Provider, role: Role, settings: Settings) -> Target:
    key: SecretStr = getattr(settings, provider.key_variable.lower()) if provider.key_variable else SecretStr("")
    return Target(
        provider,
        _model(provider, role, settings),
        _base_url(provider, settings).rstrip("/"),
        SecretStr(key.get_secret_value().strip()),
    )


def _base_url(provider: Provider, settings: Settings) -> str:
    """OPENAI_BASE_URL is for `openai` too: who sets it does not expect questions to go anywhere else."""
    given = _pairs(settings.llm_base_urls).get(provider.name, "")
    if not given and provider.name in ("openai", "custom"):
        given = settings.openai_base_url.strip()
    return given or provider.base_url


def _model(provider: Provider, role: Role, settings: Settings) -> str:
    if role is Role.EMBEDDING:
        return provider.embedding_model
    if settings.llm_model.strip() and provider.name in _spoken_for(settings):
        return settings.llm_model.strip()
    return _pairs(settings.llm_models).get(provider.name, provider.model)


def _spoken_for(settings: Settings) -> set[str]:
    """Whom MEDICHAIN_LLM_MODEL speaks of: the default provider, or those named for a role when there is none."""
    default = _default(settings)
    return {default} if default != EXTRACTIVE else {settings.reasoning_provider, settings.generation_provider}


def _mentioned(settings: Settings) -> set[str]:
    """Providers an operator has named: one without a key is there for people to choose only when it is meant to be."""
    roles = {chosen(role, settings) for role in Role}
    return roles | set(_listed(settings.llm_fallbacks)) | set(_pairs(settings.llm_base_urls)) | {_default(settings)}


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _pairs(text: str) -> dict[str, str]:
    """ "gemini=gemini-2.5-pro, ollama=…" as a mapping."""
    split = (entry.partition("=") for entry in _listed(text))
    return {name.strip(): value.strip() for name, mark, value in split if mark}
