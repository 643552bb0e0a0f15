"""An answer that a model writes, held to the evidence: what is settled goes out first, then what survives the checks.

``single_pass``: one text over all evidence. ``two_stage``: a draft for each domain by the reasoning model, all at once,
which the generation model makes one; a single draft is the answer. Whatever fails, the sentences that the specialists
brought take over in the same stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.chatbot.answer import Answer
from services.chatbot.checking import Checked
from services.chatbot.composition import ExtractiveComposition, Modelled, settled
from services.chatbot.prompting import Material, prompt
from services.chatbot.question import Question
from services.llm.extractive import marked
from services.llm.failure import ModelFailed
from services.llm.models import Models
from services.llm.provider import Cited, Section
from services.llm.providers import EXTRACTIVE, Role
from services.llm.wording import told
from services.safety.claims import Names

if TYPE_CHECKING:
    from services.llm.failover import Generation

SINGLE_PASS, TWO_STAGE = "single_pass", "two_stage"


@dataclass(slots=True)
class _Part:
    section: Section
    domain: int
    rest: tuple[Cited, ...] = field(default=())


class ModelledComposition:
    """One answer by a model. ``abroad``: whether the person's words may leave the country."""

    def __init__(
        self,
        models: Models,
        names: Names,
        strategy: str,
        providers: Mapping[str, str],
        abroad: bool,
        answer: Answer,
        asked: str,
    ) -> None:
        self._abroad = abroad
        self._models, self._names, self._strategy, self._providers = models, names, strategy, providers
        self._answer, self._asked = answer, asked
        self._extractive = ExtractiveComposition(answer)
        self._parts: list[_Part] = []
        self._lead: list[Cited] = []

    @property
    def _question(self) -> Question:
        return self._answer.question

    async def part(self, section: Section, domain: int, alone: bool) -> AsyncIterator[str]:
        lead = settled(section.sentences)
        self._lead += lead
        rest = tuple(sentence for sentence in section.sentences if not sentence.settled)
        self._parts.append(_Part(section, domain, rest))
        if lead:
            async for piece in self._extractive.written(Section(section.heading, lead), alone):
                yield piece

    async def rest(self) -> AsyncIterator[str]:
        if not any(part.rest for part in self._parts):
            return
        checked = self._checked([sentence.text for sentence in self._lead])
        try:
            async for piece in self._written(checked):
                yield piece
            failed = ""
        except ModelFailed as failure:
            failed = told(failure.kind, begun=checked.kept > 0)
        if checked.kept:
            yield "\n\n"
        self._answer.dropped.update(checked.dropped)
        if failed or not checked.kept:
            self._answer.writer = self._answer.writer if checked.kept else EXTRACTIVE
            async for piece in self._taken_over(failed):
                yield piece

    async def _written(self, checked: Checked) -> AsyncIterator[str]:
        """The sentences that survive, as they are written. Raises :class:`ModelFailed` when no model can (go on)."""
        generation = await self._begun()
        async with aclosing(generation.text()) as pieces:
            async for piece in pieces:
                if kept := checked.feed(piece):
                    yield self._spoken(kept)
        if kept := checked.end():
            yield self._spoken(kept)
        self._noted(generation)

    async def _begun(self) -> Generation:
        """The text that becomes the answer: over all evidence, over drafts, or the one draft itself."""
        wanted = [part for part in self._parts if part.rest]
        if self._strategy == SINGLE_PASS:
            return self._generation(Role.GENERATION, "answer", self._parts, ())
        if len(wanted) == 1:
            return self._generation(Role.REASONING, "draft", wanted, ())
        drafts = await asyncio.gather(*map(self._draft, wanted))
        return self._generation(Role.GENERATION, "answer", self._parts, [_text(draft) for draft in drafts if draft])

    async def _draft(self, part: _Part) -> list[Cited]:
        checked, kept = self._checked(()), []
        generation = self._generation(Role.REASONING, "draft", [part], ())
        try:
            async with aclosing(generation.text()) as pieces:
                async for piece in pieces:
                    kept += checked.feed(piece)
            self._noted(generation)
        except ModelFailed:
            return []
        return kept + checked.end()

    def _generation(self, role: Role, kind: str, parts: Sequence[_Part], drafts: Sequence[str]) -> Generation:
        said = [marked(sentence) for sentence in self._lead]
        evidence = self._answer.citations.texts([sentence for part in parts for sentence in part.section.sentences])
        material = Material(evidence, said, drafts)
        asked = prompt(kind, [part.domain for part in parts], self._question, self._asked, material)
        return self._models.generation(role, asked, _nobody, request=self._providers, abroad=self._abroad)

    def _noted(self, generation: Generation) -> None:
        """Takes down who wrote and what it took. Raises :class:`ModelFailed` when no model wrote anything."""
        self._answer.spent += generation.spent
        if generation.provider == EXTRACTIVE and generation.failures:
            raise ModelFailed(generation.failures[-1].kind)
        self._answer.writer, self._answer.model = generation.provider, generation.model

    def _checked(self, said: Sequence[str]) -> Checked:
        verdicts = [sentence.text for sentence in self._lead]
        return Checked(self._answer.citations.texts(), self._names, verdicts, said)

    def _spoken(self, sentences: Sequence[Cited]) -> str:
        self._answer.citations.use(sentences)
        return Modelled("".join(f"{marked(sentence)} " for sentence in sentences))

    async def _taken_over(self, failed: str) -> AsyncIterator[str]:
        """What the specialists brought and has not been said; first, honestly, what went wrong."""
        if failed:
            yield f"{failed}\n\n"
        alone = len(self._parts) == 1
        for part in self._parts:
            if part.rest:
                async for piece in self._extractive.written(Section(part.section.heading, part.rest), alone):
                    yield piece


async def _nobody() -> AsyncIterator[str]:
    """No text: when no model can write, the specialists' sentences are not a model's and need no check."""
    return
    yield ""


def _text(draft: Sequence[Cited]) -> str:
    return " ".join(map(marked, draft))
