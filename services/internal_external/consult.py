"""The department specialist's part of an answer: the passage that fits, or the table's advice, never both twice."""

from __future__ import annotations

from medichain.knowledge.v1 import knowledge_pb2
from services.internal_external.departments import Advice, Recommender
from services.internal_external.tables import Tables
from services.internal_external.telling import advice_sentences, comparison, snippet
from services.specialist.draft import Draft
from services.specialist.relevance import worth_quoting
from services.specialist.retrieve import UNAVAILABLE, Retriever

# From here on a passage is about this very symptom, and says more than a row of the table.
FITS_WELL = 0.6
SENTENCES = 7
SURE, LIKELY, VAGUE = 0.9, 0.75, 0.3
_UNKNOWN = "어느 과인지 정하기 어려우면 가정의학과나 내과에서 먼저 상담하고 필요한 과로 안내받을 수 있습니다."
_TELL_MORE = "어디가, 언제부터, 어떻게 불편한지 알려 주시면 더 맞는 진료과를 찾아 드립니다."


class Consultant:
    """Answers which department fits."""

    def __init__(self, tables: Tables, recommender: Recommender, retriever: Retriever) -> None:
        self._tables, self._recommender, self._retriever = tables, recommender, retriever

    async def consult(self, text: str, age_months: int | None = None) -> tuple[Draft, float]:
        """The draft, and how sure it is that it answers the question, 0..1."""
        draft, advice = Draft(), self._recommender.advise(text, age_months)
        retrieved = await self._retriever.passages(text)
        if not retrieved.reachable:
            draft.lack(UNAVAILABLE)
        passages = worth_quoting(retrieved.passages)
        named = self._recommender.named(text)
        if passages and passages[0].score >= FITS_WELL:
            self._quote(draft, passages, advice)
            return draft, SURE
        if len(named) > 1:
            self._compare(draft, text)
        if advice.ranked:
            self._advise(draft, advice)
        for passage in passages[:1]:
            draft.quote(passage, SENTENCES)
        if draft.empty:
            self._ask_for_more(draft)
            return draft, VAGUE
        draft.clarifying_question = advice.question
        return draft, LIKELY if advice.ranked else 0.5

    def _quote(self, draft: Draft, passages: list[knowledge_pb2.Passage], advice: Advice) -> None:
        """The passage, and the table's warning when the passage has none."""
        first = passages[0]
        draft.quote(first, SENTENCES)
        if advice.ranked and not any(word in first.text for word in ("119", "응급")):
            id = self._row(draft, advice)
            for warning in advice.warnings:
                draft.say(warning, id, settled=True)

    def _advise(self, draft: Draft, advice: Advice) -> None:
        id = self._row(draft, advice)
        for sentence in advice_sentences(advice):
            draft.say(sentence, id, settled=True)

    def _compare(self, draft: Draft, text: str) -> None:
        named = self._recommender.named(text)[:3]
        id = draft.cite(
            "departments/" + "+".join(one.name for one in named), "진료과 비교",
            " ".join(comparison(named)), self._tables.source, self._tables.as_of,
        )  # fmt: skip
        for sentence in comparison(named):
            draft.say(sentence, id, settled=True)

    def _ask_for_more(self, draft: Draft) -> None:
        id = draft.cite("departments/unknown", "진료과 안내", _UNKNOWN, self._tables.source, self._tables.as_of)
        draft.say(_UNKNOWN, id)
        draft.clarifying_question = _TELL_MORE

    def _row(self, draft: Draft, advice: Advice) -> str:
        row = advice.found[0].symptom
        title = f"진료과 안내표: {row.name}"
        return draft.cite(f"symptom/{row.id}", title, snippet(advice), self._tables.source, self._tables.as_of)
