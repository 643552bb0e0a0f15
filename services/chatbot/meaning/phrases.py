"""The table of phrases: what people say, by the slot it fills."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from services.chatbot.meaning.amounts import mark_amounts
from services.chatbot.meaning.marks import Marked, Slot

_TABLE = Path(__file__).parent / "data" / "phrases.toml"
# Several lines may name one value, and several sections one kind: "when_1", "when_2".
_NUMBERED = re.compile(r"_\d+$")


def mark_phrases(marked: Marked) -> None:
    """Marks amounts, then every phrase of the table, in its order."""
    mark_amounts(marked)
    for pattern, slot in _table():
        marked.replace(pattern, _always(slot))


def _always(slot: Slot) -> Callable[[re.Match[str]], Slot]:
    return lambda _: slot


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[re.Pattern[str], Slot], ...]:
    sections = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(
        (re.compile(pattern), Slot(_NUMBERED.sub("", kind), _NUMBERED.sub("", value)))
        for kind, values in sections.items()
        for value, pattern in values.items()
    )
