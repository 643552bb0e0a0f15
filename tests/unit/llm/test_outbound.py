"""Whatever is sent is masked here, and nothing else in the house can send."""

import ast
import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.llm import outbound
from services.llm.choice import Target
from services.llm.prompt import Prompt, Turn
from services.llm.providers import PROVIDERS
from services.safety.personal_data import mask

ROOT = pathlib.Path(outbound.__file__).parents[2]
# Modules through which something could leave the house over HTTP.
WAYS_OUT = {
    "openai",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "aiohttp",
    "requests",
    "urllib3",
    "http.client",
    "urllib.request",
}
PERSONAL = ["010-1234-5678", "hong@example.com", "900101-1234567"]


def target(name="openai"):
    return Target(PROVIDERS[name], "m", "http://here", SecretStr("k"))


@pytest.mark.parametrize("secret", PERSONAL)
@pytest.mark.parametrize("place", ["system", "last", "history", "assistant"])
def test_personal_data_leaves_from_no_part_of_a_prompt(secret, place):
    said = f"제 것은 {secret} 입니다"
    parts = {"system": "규칙", "last": "질문"}
    history = {"history": (Turn("user", said),), "assistant": (Turn("assistant", said),)}.get(place, ())
    prompt = Prompt(**{**parts, **({place: said} if place in parts else {})}, history=history)
    assert secret not in json.dumps(outbound.chat(target(), prompt, 10), ensure_ascii=False)


@pytest.mark.parametrize("secret", PERSONAL)
def test_personal_data_leaves_with_no_request_for_vectors(secret):
    assert secret not in str(outbound.embedding(target(), ["혈압", f"연락처 {secret}"]))


def test_numbered_evidence_keeps_its_lines_beside_personal_data():
    lines = "[1] 하루 4000 mg을 넘기지 마세요.\n[2] 술을 피하세요.\n\n질문: 제 번호는 010-1234-5678 이에요"
    assert outbound.masked(lines).split("\n")[:3] == lines.split("\n")[:3]
    assert "1234" not in outbound.masked(lines)


def test_a_number_written_over_two_lines_is_still_one():
    assert "5678" not in outbound.masked("전화 010-1234-\n5678 입니다")


@given(
    st.lists(
        st.sampled_from([*PERSONAL, "혈압 140/90", "650mg", "[1]", "\n", "010-1234-\n5678", "2024-03-01"]), max_size=8
    )
)
def test_nothing_that_is_sent_would_be_masked_again(parts):
    assert mask(outbound.masked(" ".join(parts))).found == ()


def test_a_text_without_personal_data_goes_out_as_it_is():
    text = "혈압 140/90 mmHg,\n 타이레놀 650 mg 하루 3회, 2024-03-01"
    assert outbound.masked(text) == text


def test_only_what_the_model_takes_is_sent():
    prompt = Prompt("", "?")
    body = outbound.chat(target(), prompt, 10)
    assert (body["stream"], body["stream_options"], body["max_completion_tokens"]) == (
        True,
        {"include_usage": True},
        10,
    )
    assert outbound.chat(target("ollama"), prompt, 10)["max_tokens"] == 10
    assert "stream_options" not in outbound.chat(target(), prompt, 10, frozenset({"stream"}))
    assert set(outbound.chat(target(), prompt, 10, frozenset(outbound.OPTIONAL))) == {
        "model", "messages", "max_completion_tokens",
    }  # fmt: skip


def imported(path: pathlib.Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_one_module_alone_can_call_an_endpoint_and_it_composes_nothing_itself():
    sources = [path for room in ("services", "gateway_rest") for path in (ROOT / room).rglob("*.py")]
    roads = {
        path.relative_to(ROOT).as_posix()
        for path in sources
        if any(name == way or name.startswith(f"{way}.") for name in imported(path) for way in WAYS_OUT)
    }
    assert roads == {"services/llm/endpoint.py"}
    endpoint = (ROOT / "services/llm/endpoint.py").read_text()
    assert endpoint.count("create(**") == 2
    assert '"messages"' not in endpoint
