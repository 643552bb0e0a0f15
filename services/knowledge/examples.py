"""Questions whose domain is known: a collection of their own, and the questions that passages answer."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable
from dataclasses import dataclass

from services.knowledge.passages import DOMAINS, Passage, Refused, parsed
from services.safety.text import normalised
from services.storage.exports import RowError

LABELS = (*DOMAINS, "out_of_scope")


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its labels, primary first."""

    text: str
    labels: tuple[str, ...]


def read_examples(path: pathlib.Path) -> tuple[list[Example], list[Refused]]:
    """The examples of a JSON Lines file (``{"q", "labels"}``), and the rows it refuses."""
    kept, refused = [], []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            kept.append(_example(line))
        except RowError as bad:
            refused.append(Refused(path.name, number, bad.field, bad.why))
    return kept, refused


def of_passages(passages: Iterable[Passage]) -> list[Example]:
    """The questions that passages answer, labelled with the passage's domain."""
    return [Example(question, (passage.domain,)) for passage in passages for question in passage.questions]


def _example(line: bytes) -> Example:
    row = parsed(line)
    question, labels = row.get("q"), row.get("labels")
    text = normalised(question) if isinstance(question, str) else ""
    if not text:
        raise RowError("q", "is missing or empty")
    if not isinstance(labels, list) or not labels or not set(labels) <= set(LABELS):
        raise RowError("labels", "are not domains")
    return Example(text, tuple(labels))
