"""Numbers evidence as it is found, and remembers which numbers the text has used."""

from __future__ import annotations

from collections.abc import Iterable

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.llm.provider import Cited


class Citations:
    """The sources of one answer. Only evidence that a statement rests on gets a number."""

    def __init__(self) -> None:
        self._by_id: dict[str, pb.Citation] = {}
        self._evidence: dict[str, specialist_pb2.Evidence] = {}
        self._used: set[int] = set()

    def add(self, part: specialist_pb2.ConsultResponse) -> list[pb.Citation]:
        """Numbers the evidence that the part's statements rest on, in the order they name it; returns the new ones."""
        known = {evidence.id: evidence for evidence in part.evidence}
        named = (id for statement in part.statements for id in statement.evidence_ids)
        fresh = [known[id] for id in dict.fromkeys(named) if id in known and id not in self._by_id]
        return [self._number(evidence) for evidence in fresh]

    def cited(self, statements: Iterable[specialist_pb2.Statement]) -> list[Cited]:
        """The statements with the numbers of their evidence; one that rests on nothing known keeps none."""
        return [
            Cited(
                said.text, tuple(self._by_id[id].number for id in said.evidence_ids if id in self._by_id), said.settled
            )
            for said in statements
        ]

    def texts(self, sentences: Iterable[Cited] | None = None) -> dict[int, str]:
        """Title and text by number, of what ``sentences`` rest on or of everything: what claims are held to."""
        wanted = None if sentences is None else {number for sentence in sentences for number in sentence.numbers}
        return {
            citation.number: held_to(citation)
            for citation in self._by_id.values()
            if wanted is None or citation.number in wanted
        }

    def use(self, sentences: Iterable[Cited]) -> None:
        self._used.update(number for sentence in sentences for number in sentence.numbers)

    @property
    def used(self) -> list[pb.Citation]:
        """What the answer cites, by number."""
        return [citation for citation in self._by_id.values() if citation.number in self._used]

    @property
    def images(self) -> list[str]:
        return [self._evidence[c.id].image for c in self.used if self._evidence[c.id].image]

    def rows(self) -> list[tuple[int, str, float]]:
        """Number, evidence id and score of what the answer cites."""
        return [(c.number, c.id, self._evidence[c.id].score) for c in self.used]

    def _number(self, evidence: specialist_pb2.Evidence) -> pb.Citation:
        citation = pb.Citation(
            number=len(self._by_id) + 1,
            id=evidence.id,
            title=evidence.title,
            snippet=evidence.snippet,
            source=evidence.source,
            as_of=evidence.as_of,
        )
        self._by_id[evidence.id], self._evidence[evidence.id] = citation, evidence
        return citation


def held_to(citation: pb.Citation) -> str:
    """What a claim that cites it is held to: the title on the first line, then the text."""
    return f"{citation.title}\n{citation.snippet}"
