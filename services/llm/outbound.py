"""The one way out: what is sent to a model's endpoint is composed here, and masked here, whatever came before.

Nobody else composes a request, and only the endpoint sends one. It hands over a prompt, not messages, so there is no
way around this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.llm.choice import Target
from services.llm.prompt import Prompt
from services.safety.personal_data import mask

# Parameters that an endpoint may refuse, and that an answer is possible without.
OPTIONAL = ("stream_options", "temperature", "stream")


def chat(target: Target, prompt: Prompt, most: int, refused: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The body of a chat request for at most ``most`` tokens, without the parameters the model has ``refused``."""
    provider = target.provider
    body: dict[str, Any] = {"model": target.model, "messages": _messages(prompt), provider.limit: most}
    wanted = provider.optional - refused
    if "temperature" in wanted and prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if "stream" in wanted:
        body["stream"] = True
        if "stream_options" in wanted:
            body["stream_options"] = {"include_usage": True}
    return body


def embedding(target: Target, texts: Sequence[str]) -> dict[str, Any]:
    """The body of a request for vectors."""
    return {"model": target.model, "input": [masked(text) for text in texts], "encoding_format": "float"}


def masked(text: str) -> str:
    """The text without personal data, its lines kept where that is safe.

    Masking a text that holds some puts all of it into one line, and numbered evidence needs its lines. So each line is
    masked by itself; what then still shows was written over two lines, and the whole goes out as one.
    """
    whole = mask(text)
    if not whole.found:
        return whole.text
    lines = "\n".join(mask(line).text for line in text.split("\n"))
    return whole.text if mask(lines).found else lines


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    said = [("system", prompt.system), *((turn.role, turn.text) for turn in prompt.history), ("user", prompt.last)]
    return [{"role": role, "content": masked(text)} for role, text in said]
