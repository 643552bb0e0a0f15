"""A specialist's part of an answer, as it grows: evidence, and statements that rest on it."""

from __future__ import annotations

from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.specialist.sentences import sentences


class Draft:
    """Collects evidence and statements. Evidence is kept once, in the order it was first named."""

    def __init__(self) -> None:
        self._evidence: dict[str, specialist_pb2.Evidence] = {}
        self._statements: list[specialist_pb2.Statement] = []
        self._missing: list[str] = []
        self.clarifying_question = ""

    def cite(
        self, id: str, title: str, snippet: str, source: str, as_of: str, score: float = 1.0, image: str = ""
    ) -> str:
        """Records evidence and returns its id. ``id`` is unique in the platform, e.g. "drug/990000001"."""
        if id not in self._evidence:
            self._evidence[id] = specialist_pb2.Evidence(
                id=id, title=title, snippet=snippet, source=source, as_of=as_of, score=score, image=image
            )
        return id

    def say(self, text: str, *evidence_ids: str, settled: bool = False) -> None:
        """Adds a sentence that rests on evidence recorded before. Raises KeyError when it names none that is."""
        for id in evidence_ids:
            self._evidence[id]
        statement = specialist_pb2.Statement(text=text.strip(), evidence_ids=evidence_ids, settled=settled)
        if statement.text and statement.text not in {said.text for said in self._statements}:
            self._statements.append(statement)

    def quote(self, passage: knowledge_pb2.Passage, limit: int = 8) -> None:
        """Says a passage, sentence by sentence."""
        id = self.cite(
            f"knowledge/{passage.id}", passage.title, passage.text, passage.source, passage.as_of, passage.score
        )
        for sentence in sentences(passage.text)[:limit]:
            self.say(sentence, id)

    def lack(self, what: str) -> None:
        """Records what could not be looked at, in machine words."""
        if what not in self._missing:
            self._missing.append(what)

    @property
    def empty(self) -> bool:
        return not self._statements

    def response(self, confidence: float) -> specialist_pb2.ConsultResponse:
        """The finished part; ``confidence`` is how sure the specialist is that this answers the question, 0..1."""
        return specialist_pb2.ConsultResponse(
            evidence=self._evidence.values(),
            statements=self._statements,
            missing=self._missing,
            clarifying_question=self.clarifying_question,
            confidence=confidence if self._statements else 0.0,
        )
