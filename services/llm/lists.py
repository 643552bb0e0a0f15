"""An endpoint's answers that are lists: vectors and models. What is not of their shape is a typed failure."""

from __future__ import annotations

from typing import Any

from services.llm.failure import Kind, ModelFailed
from services.llm.sse import Usage, usage_of


def vectors(answer: Any, count: int) -> tuple[list[list[float]], Usage | None]:
    """``count`` vectors of one length in the order of their texts, and what they took."""
    items = _items(answer)
    if all(isinstance(item.get("index"), int) for item in items):
        items = sorted(items, key=lambda item: int(item["index"]))
    found = [item.get("embedding") for item in items]
    whole = [vector for vector in found if isinstance(vector, list) and vector and _numbers(vector)]
    if not len(whole) == len(found) == count or len({len(vector) for vector in whole}) > 1:
        raise ModelFailed(Kind.MALFORMED)
    return whole, usage_of(answer.get("usage"))


def names(answer: Any) -> list[str]:
    """The names of a list of models."""
    return [str(item["id"]) for item in _items(answer) if item.get("id")]


def _items(answer: Any) -> list[dict[str, Any]]:
    items = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ModelFailed(Kind.MALFORMED)
    return items


def _numbers(vector: list[Any]) -> bool:
    return all(isinstance(number, int | float) for number in vector)
