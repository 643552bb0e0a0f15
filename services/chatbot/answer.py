"""An answer as it grows: its text, its sources, its missing parts, and what is stored in the end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from ulid import ULID

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.events.v1 import events_pb2
from medichain.specialist.v1 import specialist_pb2
from services.chatbot.citations import Citations
from services.chatbot.quality import quality
from services.chatbot.question import Question
from services.chatbot.receipt import receipt
from services.chatbot.records import Outcome
from services.chatbot.specialists import Part
from services.llm.providers import EXTRACTIVE
from services.llm.usage import Spent


class Answer:
    """Collects what goes out. Nothing here talks to anybody."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.citations = Citations()
        self.domains: list[int] = []
        self.emergency = pb.Emergency(level=1)  # type: ignore[arg-type]
        self.refused, self.failure = "", ""
        # Who wrote it, with what model, what that took, and why sentences were dropped.
        self.writer, self.model = EXTRACTIVE, ""
        self.spent: list[Spent] = []
        self.dropped: Counter[str] = Counter()
        # Where in the text a model's own sentences stand: begin and end.
        self.modelled: list[tuple[int, int]] = []
        self.degraded: list[pb.Degraded] = []
        self.timings = pb.Timings()
        self._pieces: list[str] = []
        self._parts: list[Part] = []
        self._reused: pb.Completed | None = None

    @property
    def text(self) -> str:
        return "".join(self._pieces).strip()

    def append(self, piece: str, modelled: bool = False) -> None:
        """Adds text; ``modelled``: a model wrote it."""
        if not self._pieces:
            self.timings.first_text_ms = self.question.milliseconds()
        if modelled:
            begin = sum(map(len, self._pieces))
            self.modelled.append((begin, begin + len(piece)))
        self._pieces.append(piece)

    def take(self, part: Part) -> list[pb.Citation]:
        """Takes a specialist's part in; returns the citations that are new."""
        self._parts.append(part)
        if part.degraded:
            self.degraded.append(pb.Degraded(domain=part.domain, reason=part.degraded))  # type: ignore[arg-type]
        if part.response.evidence and not self.timings.evidence_ms:
            self.timings.evidence_ms = self.question.milliseconds()
        return self.citations.add(part.response)

    def answered_by(self, domain: int) -> None:
        """Names a domain that had something to say, though the classification did not."""
        if domain not in self.domains:
            self.domains = [*(known for known in self.domains if known != specialist_pb2.DOMAIN_OUT_OF_SCOPE), domain]

    @property
    def confidence(self) -> float:
        """How sure the answer is: the best part's confidence, less a fifth for every part that is missing."""
        if self._reused:
            return float(self._reused.confidence)
        best = max((part.response.confidence for part in self._parts), default=0.0)
        return round(best * 0.8 ** len(self.degraded), 3)

    def reuse(self, found: pb.Completed) -> None:
        """Takes over what an earlier answer to the same question was made of."""
        self._reused, self.writer = found, found.provider
        self.domains = list(found.domains)

    def completed(self) -> pb.Completed:
        """The closing event."""
        if self._reused:
            return self._again(self._reused)
        used = self.citations.used
        self.timings.total_ms = self.question.milliseconds()
        return pb.Completed(
            exchange_id=self.question.exchange_id,
            conversation_id=self.question.conversation_id,
            answer=self.text,
            domains=self.domains,  # type: ignore[arg-type]
            confidence=self.confidence,
            citations=used,
            emergency=self.emergency,
            provider=self.writer,
            data_version=max((citation.as_of for citation in used), default=""),
            images=self.citations.images,
            timings=self.timings,
            degraded=self.degraded,
        )

    def _again(self, found: pb.Completed) -> pb.Completed:
        """An earlier answer with this one's ids and times."""
        self.timings.total_ms = self.question.milliseconds()
        again = pb.Completed()
        again.CopyFrom(found)
        again.exchange_id, again.conversation_id = self.question.exchange_id, self.question.conversation_id
        again.cached = True
        again.emergency.CopyFrom(self.emergency)
        again.timings.CopyFrom(self.timings)
        return again

    def outcome(self, state: str, completed: pb.Completed | None = None) -> Outcome:
        """What is stored."""
        return Outcome(
            state=state,
            answer=self.text,
            result=completed.SerializeToString() if completed else b"",
            domains=list(self.domains),
            confidence=self.confidence,
            emergency_level=self.emergency.level,
            total_ms=self.question.milliseconds(),
            quality=quality(self.text, self.confidence, len(self.degraded)),
            receipt=receipt(self),
            evidence=self._evidence(),
            searches=[
                (specialist_pb2.Domain.Name(p.domain), len(p.response.evidence), p.milliseconds, p.degraded)
                for p in self._parts
            ],
            events=self._events() if completed else [self._failed()],
        )

    def _evidence(self) -> list[tuple[int, str, float]]:
        if self._reused:
            return [(citation.number, citation.id, 0.0) for citation in self._reused.citations]
        return self.citations.rows()

    def _events(self) -> list[tuple[str, bytes]]:
        done = events_pb2.ExchangeCompleted(
            exchange_id=self.question.exchange_id,
            conversation_id=self.question.conversation_id,
            domains=self.domains,  # type: ignore[arg-type]
            confidence=self.confidence,
            emergency_level=self.emergency.level,
            provider=self.writer,
            total_ms=self.timings.total_ms,
            degraded=[missing.domain for missing in self.degraded],
        )
        envelopes = [events_pb2.Envelope(exchange_completed=done)]
        if self.refused:
            raised = events_pb2.SafetyRaised(exchange_id=self.question.exchange_id, kind=self.refused)
            envelopes.append(events_pb2.Envelope(safety_raised=raised))
        return [sealed(envelope) for envelope in envelopes]

    def _failed(self) -> tuple[str, bytes]:
        question = self.question
        failed = events_pb2.ExchangeFailed(
            exchange_id=question.exchange_id, conversation_id=question.conversation_id, reason=self.failure
        )
        return sealed(events_pb2.Envelope(exchange_failed=failed))


def received(question: Question) -> tuple[str, bytes]:
    """The event that a question was taken in."""
    taken = events_pb2.QuestionReceived(
        exchange_id=question.exchange_id, conversation_id=question.conversation_id, anonymous=question.anonymous
    )
    return sealed(events_pb2.Envelope(question_received=taken))


def sealed(envelope: events_pb2.Envelope) -> tuple[str, bytes]:
    """An event with its id and time, as the outbox takes it."""
    envelope.id, envelope.occurred_at = str(ULID()), datetime.now(UTC).isoformat(timespec="milliseconds")
    return envelope.id, envelope.SerializeToString()
