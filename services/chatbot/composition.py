"""How specialists' parts become one text: by the sentences they brought, or by a model that is held to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from services.chatbot.answer import Answer
from services.llm.extractive import ExtractiveWriter
from services.llm.provider import Cited, Section


class Modelled(str):
    """Text that a model wrote."""

    __slots__ = ()


class Composition(Protocol):
    """One answer's text. What is yielded goes out at once; what a model wrote is marked as :class:`Modelled`."""

    def part(self, section: Section, domain: int, alone: bool) -> AsyncIterator[str]:
        """What a specialist's part lets be said now; ``alone``: no other part belongs to the answer."""
        ...

    def rest(self) -> AsyncIterator[str]:
        """What is said once every part is there."""
        ...


class ExtractiveComposition:
    """Every sentence of every part, section by section."""

    def __init__(self, answer: Answer) -> None:
        self._answer, self._writer = answer, ExtractiveWriter()

    async def part(self, section: Section, domain: int, alone: bool) -> AsyncIterator[str]:
        async for piece in self.written(section, alone):
            yield piece

    async def rest(self) -> AsyncIterator[str]:
        return
        yield ""

    async def written(self, section: Section, alone: bool) -> AsyncIterator[str]:
        """A section's sentences, each with its citation, which count as used from now on."""
        self._answer.citations.use(section.sentences)
        async for piece in self._writer.write(section, alone):
            yield piece


def settled(sentences: Sequence[Cited]) -> tuple[Cited, ...]:
    """What the evidence settles by itself: verdicts of rules, first-aid steps, clinics that are open."""
    return tuple(sentence for sentence in sentences if sentence.settled)
