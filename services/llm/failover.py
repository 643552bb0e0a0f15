"""One text, written by the first model that can: retries before the first word, the next provider, the extractive one.

Once a word is out nothing is tried again, because it has been shown: the failure is raised, and whoever shows the text
goes on with what it has.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from services.llm.endpoint import Endpoint
from services.llm.failure import PASSING, Kind, ModelFailed, Notice
from services.llm.gate import Gate
from services.llm.pacing import Pace, deadline, paced
from services.llm.prompt import Prompt
from services.llm.providers import EXTRACTIVE, Role
from services.llm.sse import Ended, Usage
from services.llm.usage import ANSWERS, FIRST_TEXT, Spent, assumed, spent
from services.mesh import telemetry

# A wait before asking again that is longer than this is spent asking somebody else.
LONGEST_WAIT = 2.0
# How often the history is shortened for a model that finds the whole too long.
SHORTENINGS = 2


@dataclass(frozen=True, slots=True)
class Link:
    """An endpoint of the chain, and what stands before it."""

    endpoint: Endpoint
    gate: Gate

    @property
    def name(self) -> str:
        return self.endpoint.target.provider.name


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that came to nothing."""

    provider: str
    kind: Kind


class Generation:
    """One text being written. Read :meth:`text` once; the rest is filled while it is read, and stays when it fails.

    ``provider`` and ``model`` name who wrote, ``finish`` why it ended ("length": the most tokens were reached),
    ``spent`` what every attempt took, ``failures`` what went wrong on the way.
    """

    def __init__(
        self,
        role: Role,
        links: Sequence[Link],
        prompt: Prompt,
        most: int,
        pace: Pace,
        otherwise: Callable[[], AsyncIterator[str]],
    ) -> None:
        self._role, self._links, self._prompt, self._most, self._pace = role, links, prompt, most, pace
        self._otherwise = otherwise
        self._until, self._begun = 0.0, False
        self.provider, self.model, self.finish = EXTRACTIVE, "", ""
        self.spent: list[Spent] = []
        self.failures: list[Failure] = []
        self.notices: set[Notice] = set()

    async def text(self) -> AsyncGenerator[str, None]:
        """The text, piece by piece, from the first that can write it; ``otherwise`` writes when no model can.

        Raises :class:`ModelFailed` with ``begun`` when a model fails in the middle. Close it to stop the model.
        """
        self._until = deadline(self._pace)
        for link in self._links:
            try:
                async with aclosing(self._asked(link)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except ModelFailed as failure:
                if self._begun:
                    raise ModelFailed(failure.kind, begun=True) from None
        self.provider, self.model = EXTRACTIVE, ""
        async for piece in self._otherwise():
            yield piece

    async def _asked(self, link: Link) -> AsyncGenerator[str, None]:
        """One endpoint's text, asked again while that may help and the budget allows."""
        if not link.gate.admits():
            raise self._failed(link, ModelFailed(Kind.WITHHELD))
        link.gate.budget.called()
        prompt, shortenings = self._fitted(link), 0
        while True:
            try:
                async with aclosing(self._once(link, prompt)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except ModelFailed as raised:
                failure = self._failed(link, raised)
            if self._begun:
                raise failure
            if failure.kind is Kind.CONTEXT_TOO_LONG and prompt.history and shortenings < SHORTENINGS:
                prompt, shortenings = prompt.shortened(), shortenings + 1
                self.notices.add(Notice.HISTORY_SHORTENED)
            elif not await self._again(link, failure):
                raise failure

    async def _once(self, link: Link, prompt: Prompt) -> AsyncGenerator[str, None]:
        """One attempt; what it took is noted however it ends."""
        endpoint, started = link.endpoint, asyncio.get_running_loop().time()
        self.provider, self.model = link.name, endpoint.target.model
        written: list[str] = []
        used: Usage | None = None
        try:
            async with (
                aclosing(endpoint.stream(prompt, self._most)) as stream,
                aclosing(paced(stream, self._pace, self._until)) as pieces,
            ):
                async for piece in pieces:
                    if isinstance(piece, str):
                        if not written:
                            self._begin(link, started)
                        written.append(piece)
                        yield piece
                    elif isinstance(piece, Ended):
                        used = piece.usage
                        self._ended(link, piece)
                    else:
                        self.notices.add(Notice.IN_ONE_PIECE)
        finally:
            if used or written:
                self.spent.append(spent(endpoint.target, self._role, used or assumed(prompt, "".join(written))))

    def _fitted(self, link: Link) -> Prompt:
        context = link.endpoint.target.context
        prompt = self._prompt.fitted(context - self._most) if context else self._prompt
        if len(prompt.history) < len(self._prompt.history):
            self.notices.add(Notice.HISTORY_SHORTENED)
        return prompt

    def _begin(self, link: Link, started: float) -> None:
        self._begun = True
        FIRST_TEXT.labels(link.name, self._role.value).observe(asyncio.get_running_loop().time() - started)

    def _ended(self, link: Link, end: Ended) -> None:
        self.finish = end.finish
        link.gate.succeeded()
        ANSWERS.labels(link.name, self._role.value, "answered").inc()
        if end.usage is None:
            self.notices.add(Notice.USAGE_ESTIMATED)

    def _failed(self, link: Link, failure: ModelFailed) -> ModelFailed:
        """Takes note of the failure everywhere it counts."""
        if failure.kind is not Kind.WITHHELD:
            link.gate.failed(failure.kind, failure.retry_after)
        self.failures.append(Failure(link.name, failure.kind))
        ANSWERS.labels(link.name, self._role.value, failure.kind.value).inc()
        telemetry.log().info(
            "model_failed", kind=failure.kind.value, state="begun" if self._begun else "silent", where=link.name
        )
        return failure

    async def _again(self, link: Link, failure: ModelFailed) -> bool:
        """Waits for another attempt at the same endpoint; False when there is to be none."""
        wait = failure.retry_after if failure.retry_after is not None else random.uniform(0.05, 0.2)  # noqa: S311
        left = self._until - asyncio.get_running_loop().time()
        if failure.kind not in PASSING or wait > min(LONGEST_WAIT, left) or link.gate.breaker.open:
            return False
        if not link.gate.budget.spend():
            return False
        await asyncio.sleep(wait)
        return True
