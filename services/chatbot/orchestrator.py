"""The way of one question: red flags, classification, specialists, answer, storage."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from medichain.category.v1 import category_pb2
from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.chatbot import wording
from services.chatbot.announcement import announced
from services.chatbot.answer import Answer
from services.chatbot.asked_to import never_done
from services.chatbot.asker import Asker, Askers
from services.chatbot.composer import Composer
from services.chatbot.composition import Composition, Modelled
from services.chatbot.events import EventNumbers
from services.chatbot.follow_up import standalone
from services.chatbot.question import Question
from services.chatbot.records import COMPLETED, FAILED, PARTIAL
from services.chatbot.reuse import Reuse, Share
from services.chatbot.routing import CLASSIFIED, added, consulted, out_of_scope
from services.chatbot.specialists import Part, Specialists, in_turn
from services.chatbot.store import ConversationStore
from services.chatbot.triage import crisis_level
from services.llm.provider import Cited, Section
from services.mesh import telemetry
from services.mesh.client import Client
from services.mesh.context import current
from services.mesh.errors import CallFailed, MeshError
from services.mesh.guard import as_public
from services.safety.claims import forbidden
from services.safety.disclaimers import DISCLAIMER
from services.safety.harmful import Refusal, needs_refusal
from services.safety.personal_data import mask
from services.safety.red_flags import Level, assess

# Statements a section may have: the domain the question is mainly about, and the others.
MAIN_STATEMENTS, OTHER_STATEMENTS = 12, 6
# What is settled is not cut to fit: every verdict on a list of medicines is said.
SETTLED_STATEMENTS = 24
# Refusals of requests that look like an attack on the platform itself.
INJECTIONS = frozenset({"prompt_leak", "secret_leak", "other_user_data", "jailbreak", "false_authority"})


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """What answering needs; it holds nothing of any question."""

    store: ConversationStore
    category: Client
    specialists: Specialists
    askers: Askers
    composer: Composer
    reuse: Reuse
    security: Callable[..., Awaitable[None]]

    async def answer(self, question: Question) -> AsyncGenerator[pb.AskResponse, None]:
        """The events of one answer, whose exchange is open. The last one is always ``completed`` or ``error``."""
        run = _Run(self, question)
        try:
            async with aclosing(run.events()) as events:
                async for event in events:
                    yield event
        except Exception as raised:
            failure = as_public(raised)
            telemetry.log().error(
                "answer_failed", error_type=type(raised).__name__, where=telemetry.where(raised),
                reason=failure.reason.name, exchange_id=question.exchange_id,
            )  # fmt: skip
            await run.failed(failure.reason.name.lower())
            yield run.numbers.event(error=pb.Failed(error=failure.reason.name, message=failure.reason.message))
        finally:
            await run.left()


class _Run:
    """One question being answered."""

    def __init__(self, orchestrator: Orchestrator, question: Question) -> None:
        self._of, self._question = orchestrator, question
        self._answer = Answer(question)
        self._stored = False
        self._signs: list[str] = []
        self._asker, self._share = Asker(), Share()
        self._consultations: list[asyncio.Task[Part]] = []
        self.numbers = EventNumbers(question.exchange_id)

    async def events(self) -> AsyncGenerator[pb.AskResponse, None]:
        question = self._question
        yield self.numbers.event(
            started=pb.Started(exchange_id=question.exchange_id, conversation_id=question.conversation_id)
        )
        refusal = needs_refusal(question.text)
        if self._raise_alarm(refusal):
            yield self.numbers.event(emergency=self._answer.emergency)
        body = self._refused(refusal) if refusal else self._answered()
        async for event in body:
            yield event
        yield self._delta(DISCLAIMER)
        completed = self._answer.completed()
        await self._store(COMPLETED, completed)
        await self._share.keep(completed)
        yield self.numbers.event(completed=completed)

    async def failed(self, reason: str) -> None:
        """Keeps what was said before something went wrong; when that is the storage, the sweep marks the exchange."""
        if not self._stored:
            self._answer.failure = reason
            with contextlib.suppress(MeshError):
                await self._store(FAILED)

    async def left(self) -> None:
        """Stops what is still being asked, and keeps what was said so far when the reader has gone."""
        for task in self._consultations:
            task.cancel()
        await self._share.leave()
        if not self._stored:
            self._answer.failure = PARTIAL
            await self._store(PARTIAL)

    # ---- the steps -------------------------------------------------------------------------------------------

    def _raise_alarm(self, refusal: Refusal | None) -> bool:
        """Judges how urgent the conversation is; True when that must be said before anything else."""
        assessment = assess(self._question.text, self._question.said_before)
        level = max(int(assessment.level), self._question.standing.emergency_level, crisis_level(refusal))
        self._signs = [sign.code for sign in assessment.signs]
        if level <= Level.NONE:
            return False
        self._answer.emergency = announced(assessment, level)
        return True

    async def _refused(self, refusal: Refusal) -> AsyncIterator[pb.AskResponse]:
        self._answer.refused = refusal.kind
        if refusal.kind in INJECTIONS:
            call = current()
            await self._of.security("injection_looking", "Ask", call.owner, call.address)
        yield self._delta(refusal.text + "\n\n")

    async def _answered(self) -> AsyncIterator[pb.AskResponse]:
        level = self._answer.emergency.level
        asked = standalone(mask(self._question.text).text, [mask(said).text for said in self._question.said_before])
        scores, self._asker = await asyncio.gather(self._classified(asked), self._of.askers.present())
        if scores is None:
            yield self.numbers.event(degraded=self._answer.degraded[-1])
        else:
            self._answer.domains = [domain for domain, _ in scores]
            classified = pb.Classified(domains=self._answer.domains, confidence=scores[0][1])  # type: ignore[arg-type]
            yield self.numbers.event(classified=classified)
        if level > Level.NONE:
            yield self._delta(f"{self._answer.emergency.guidance}\n\n")
        if out_of_scope(scores or [], level) and not added(self._of.specialists.domains):
            yield self._delta(wording.OUT_OF_SCOPE + "\n\n")
            return
        if scores:
            writer = self._of.composer.writer(self._question, self._asker)
            domains = [domain for domain, _ in scores]
            self._share = await self._of.reuse.begin(self._answer, self._asker, asked, domains, writer)
        if self._share.found:
            for event in self._again(self._share.found):
                yield event
            return
        for sentence in [*never_done(asked), *wording.not_used(self._asker, self._question.location is not None)]:
            yield self._delta(sentence + " ")
        async for event in self._consulted(asked, scores or [], level):
            yield event

    def _again(self, found: pb.Completed) -> Iterator[pb.AskResponse]:
        """An earlier answer to the same question: its sources, then its text."""
        self._answer.reuse(found)
        if found.citations:
            main = found.domains[0] if found.domains else specialist_pb2.DOMAIN_UNSPECIFIED
            yield self.numbers.event(evidence=pb.EvidenceFound(domain=main, citations=found.citations))
        yield self._delta(found.answer.removesuffix(DISCLAIMER))

    async def _classified(self, asked: str) -> list[tuple[int, float]] | None:
        """Domains with their probabilities, best first; None when the classification is missing."""
        try:
            answer = await self._of.category.Classify(category_pb2.ClassifyRequest(question=asked))
        except CallFailed as failure:
            reason = failure.reason.name.lower()
            self._answer.degraded.append(pb.Degraded(reason=reason))
            return None
        self._answer.timings.classified_ms = self._question.milliseconds()
        return [(score.domain, score.confidence) for score in answer.domains]

    async def _consulted(
        self, asked: str, scores: Sequence[tuple[int, float]], level: int
    ) -> AsyncIterator[pb.AskResponse]:
        """Asks the specialists at once and says their parts in the order of the domains' rank."""
        domains = consulted(scores, level, self._of.specialists.domains, self._signs)
        self._answer.domains = [domain for domain in domains if domain in CLASSIFIED] or self._answer.domains
        shares = dict(scores)
        self._consultations = [
            self._of.specialists.consult(domain, self._consultation(asked, shares.get(domain, 0.0)))
            for domain in domains
        ]
        composition = await self._of.composer.composition(self._answer, self._asker, asked)
        said = False
        async for rank, part in in_turn(self._consultations):
            async for event in self._section(composition, part, rank, alone=len(domains) == 1):
                said = said or event.HasField("delta")
                yield event
        async for piece in composition.rest():
            said = True
            yield self._delta(piece)
        if not said and level <= Level.NONE:
            nothing = wording.OUT_OF_SCOPE if out_of_scope(scores, level) else wording.NOTHING_FOUND
            yield self._delta(nothing + "\n\n")
        unseen = [missing.domain for missing in self._answer.degraded if missing.domain]
        if unseen:
            yield self._delta(wording.not_seen(dict.fromkeys(unseen)) + "\n\n")

    def _consultation(self, asked: str, share: float) -> specialist_pb2.ConsultRequest:
        history = [
            specialist_pb2.Turn(role=specialist_pb2.Turn.ROLE_USER, text=mask(said).text)
            for said in self._question.said_before
        ]
        return specialist_pb2.ConsultRequest(
            question=asked,
            history=history,
            profile=self._asker.profile,
            location=self._question.location if self._asker.location_allowed else None,
            confidence=share,
        )

    async def _section(
        self, composition: Composition, part: Part, rank: int, alone: bool
    ) -> AsyncIterator[pb.AskResponse]:
        """A specialist's evidence, then what it lets be said now, each sentence after the citation it rests on."""
        fresh = self._answer.take(part)
        if part.degraded:
            yield self.numbers.event(degraded=self._answer.degraded[-1])
        if fresh:
            found = pb.EvidenceFound(domain=part.domain, citations=fresh)  # type: ignore[arg-type]
            yield self.numbers.event(evidence=found)
        sentences = self._allowed(part, MAIN_STATEMENTS if rank == 0 else OTHER_STATEMENTS)
        if sentences:
            self._answer.answered_by(part.domain)
            section = Section(wording.heading(part.domain), tuple(sentences))
            async for piece in composition.part(section, part.domain, alone):
                yield self._delta(piece)
        if part.response.clarifying_question:
            yield self._delta(part.response.clarifying_question + "\n\n")

    def _allowed(self, part: Part, most: int) -> list[Cited]:
        """The part's sentences that may go out: none that diagnoses, prescribes or gives leave."""
        allowed = [said for said in part.response.statements if not forbidden(said.text)]
        settled = [said for said in allowed if said.settled][:SETTLED_STATEMENTS]
        others = [said for said in allowed if not said.settled][: max(0, most - len(settled))]
        kept = {id(said) for said in (*settled, *others)}
        return self._answer.citations.cited(said for said in allowed if id(said) in kept)

    def _delta(self, text: str) -> pb.AskResponse:
        self._answer.append(text, isinstance(text, Modelled))
        return self.numbers.event(delta=pb.Delta(text=text))

    async def _store(self, state: str, completed: pb.Completed | None = None) -> None:
        """Stores the outcome in one transaction, which a reader who goes away does not interrupt."""
        self._stored = True
        question = self._question
        outcome = self._answer.outcome(state, completed)
        close = self._of.store.close(
            question.exchange_id, question.conversation_id, question.owner, question.shard_id, outcome
        )
        closing = asyncio.ensure_future(close)
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await closing  # what is being written is not left to chance when the service ends
            raise
        await self._of.composer.settle(self._answer)
