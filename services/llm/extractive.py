"""The writer that needs no model: what the specialists said, sentence by sentence, each with its citation."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence

from services.llm.provider import Cited, Section

_END = re.compile(r"[.!?]+$")


class ExtractiveWriter:
    """Writes nothing that is not in the evidence, because it writes nothing of its own."""

    async def write(self, section: Section, alone: bool) -> AsyncIterator[str]:
        if not alone and section.heading:
            yield f"■ {section.heading}\n"
        for paragraph in paragraphs(section.sentences):
            yield " ".join(marked(sentence) for sentence in paragraph) + "\n\n"


def paragraphs(sentences: Sequence[Cited]) -> list[list[Cited]]:
    """Sentences that rest on the same evidence stand together; list items and settled verdicts stand on their own."""
    found: list[list[Cited]] = []
    for sentence in sentences:
        last = found[-1][-1] if found else None
        if last and last.numbers == sentence.numbers and last.settled == sentence.settled and "\n" not in sentence.text:
            found[-1].append(sentence)
        else:
            found.append([sentence])
    return found


def marked(sentence: Cited) -> str:
    """The sentence with its citation before the full stop: "… 하세요 [1]." """
    marks = "".join(f"[{number}]" for number in sentence.numbers)
    if not marks:
        return sentence.text
    end = _END.search(sentence.text)
    if not end:
        return f"{sentence.text} {marks}"
    return f"{sentence.text[: end.start()]} {marks}{end.group()}"
