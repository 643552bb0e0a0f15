"""Which provider answers: the request's word, the session's, the deployment's; and that no key is ever shown."""

import pytest

from services.llm.choice import chosen, problems, targets
from services.llm.providers import EXTRACTIVE, PROVIDERS, Role
from services.mesh.errors import InvalidField
from services.mesh.settings import Settings

KEY = "sk-very-secret-1234"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "GEMINI_API_KEY", "GENERATION_PROVIDER", "REASONING_PROVIDER"):
        monkeypatch.delenv(name, raising=False)


def settings(**given) -> Settings:
    return Settings(_env_file=None, **given)


def names(role=Role.GENERATION, request=None, session=None, **given):
    return [target.provider.name for target in targets(role, settings(**given), request, session)]


def test_nothing_set_is_extractive():
    assert all(chosen(role, settings()) == EXTRACTIVE for role in Role)
    assert names() == []


def test_a_key_alone_chooses_openai_and_a_base_url_the_custom_endpoint():
    assert names(openai_api_key=KEY) == ["openai"]
    assert names(openai_base_url="http://here:1/v1") == ["custom"]


def test_what_the_deployment_says_beats_what_a_key_suggests():
    assert names(openai_api_key=KEY, llm_provider="extractive") == []


def test_contract_variables_are_read_with_and_without_prefix(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("GENERATION_PROVIDER", "openai")
    monkeypatch.setenv("MEDICHAIN_REASONING_PROVIDER", "ollama")
    monkeypatch.setenv("MEDICHAIN_LLM_FALLBACKS", "ollama, extractive")
    read = settings()
    assert [target.provider.name for target in targets(Role.GENERATION, read)] == ["openai", "ollama"]
    assert [target.provider.name for target in targets(Role.REASONING, read)] == ["ollama"]
    assert (targets(Role.GENERATION, read)[0].model, read.llm_max_tokens) == ("gpt-4o-mini", 2048)


def test_the_request_beats_the_session_beats_the_deployment():
    given = {"openai_api_key": KEY, "gemini_api_key": KEY, "llm_fallbacks": "openai"}
    assert names(session={"generation": "gemini"}, **given) == ["gemini", "openai"]
    assert names(request={"generation": "openai"}, session={"generation": "gemini"}, **given) == ["openai"]
    assert names(request={"generation": "extractive"}, **given) == []


@pytest.mark.parametrize("name", ["nobody", "gemini", "ollama", "", " openai", "OPENAI"])
def test_a_person_naming_what_is_not_there_is_told_the_field(name):
    if not name:
        assert names(request={"generation": name}) == []
        return
    with pytest.raises(InvalidField) as raised:
        names(request={"generation": name})
    assert raised.value.violations[0].field == "providers"
    assert name.strip() not in raised.value.violations[0].description


def test_a_deployment_naming_what_is_not_there_goes_on_and_is_told():
    wrong = {"llm_provider": "opnai", "llm_fallbacks": "gemini,ollama"}
    assert names(**wrong) == ["ollama"]
    found = problems(settings(**wrong))
    assert any("is none of" in problem for problem in found)
    assert "gemini needs GEMINI_API_KEY" in found


@pytest.mark.parametrize(
    "url", ["localhost:11434", "ftp://here/v1", "http://", "http://[bad/v1", "http://here:99999/v1"]
)
def test_a_base_url_that_is_none_is_told_not_tried(url):
    wrong = {"llm_provider": "custom", "openai_base_url": url}
    assert names(**wrong) == []
    assert any("base URL" in problem for problem in problems(settings(**wrong)))


@pytest.mark.parametrize("key", ["열쇠", "sk-a\nb", "sk-\x00"])
def test_a_key_that_no_header_can_hold_is_told_without_showing_it(key):
    wrong = {"llm_provider": "openai", "openai_api_key": key}
    assert names(**wrong) == []
    assert problems(settings(**wrong)) == ["OPENAI_API_KEY holds characters that a key cannot hold"]


def test_white_space_around_a_key_is_no_part_of_it():
    (target,) = targets(Role.GENERATION, settings(openai_api_key=f" {KEY}\n"))
    assert target.key.get_secret_value() == KEY


def test_keys_and_addresses_are_in_no_representation():
    read = settings(openai_api_key=KEY, openai_base_url="http://user:password@here/v1", llm_provider="openai")
    shown = f"{read!r}{read}{targets(Role.GENERATION, read)!r}{problems(read)}"
    assert KEY not in shown
    assert "password" not in repr(targets(Role.GENERATION, read))
    assert targets(Role.GENERATION, read)[0].host == "here"


def test_the_base_url_of_openai_is_followed_by_openai_too():
    (target,) = targets(
        Role.GENERATION, settings(openai_api_key=KEY, openai_base_url="http://here/v1/", llm_provider="openai")
    )
    assert target.base_url == "http://here/v1"


def test_the_model_is_the_chosen_providers_not_its_fallbacks():
    given = {"llm_provider": "gemini", "gemini_api_key": KEY, "openai_api_key": KEY, "llm_fallbacks": "openai,ollama"}
    found = targets(Role.GENERATION, settings(llm_model="gemini-x", llm_models="ollama=llama", **given))
    assert [target.model for target in found] == ["gemini-x", "gpt-4o-mini", "llama"]


def test_the_model_is_that_of_a_role_when_there_is_no_default():
    (target,) = targets(Role.GENERATION, settings(generation_provider="ollama", llm_model="llama3"))
    assert target.model == "llama3"


def test_another_model_than_the_tables_has_an_unknown_context():
    (own,) = targets(Role.GENERATION, settings(openai_api_key=KEY))
    (other,) = targets(Role.GENERATION, settings(openai_api_key=KEY, llm_model="o9"))
    assert (own.context, other.context) == (128_000, None)


def test_vectors_come_from_a_provider_only_when_one_is_named_and_nobody_stands_in():
    given = {"openai_api_key": KEY, "llm_fallbacks": "ollama"}
    assert names(Role.EMBEDDING, **given) == []
    assert names(Role.EMBEDDING, embedding_provider="openai", **given) == ["openai"]


def test_vllm_must_be_told_where_and_what():
    assert names(llm_provider="vllm") == []
    given = {"llm_provider": "vllm", "llm_base_urls": "vllm=http://gpu:8000/v1", "llm_model": "exaone"}
    (target,) = targets(Role.GENERATION, settings(**given))
    assert (target.base_url, target.model) == ("http://gpu:8000/v1", "exaone")


def test_the_table_has_everyone_the_contract_names():
    assert {"openai", "gemini", "qwen", "ollama", "vllm", "bedrock", "custom"} == set(PROVIDERS)
    for provider in PROVIDERS.values():
        assert not provider.key_variable or hasattr(settings(), provider.key_variable.lower())
        assert provider.capabilities[0] == "chat"
