"""Writes down what was looked up: verdict, reason, limits, the medicine's own words, passages, where to ask.

Nothing is said twice, and no more than a person reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from medichain.knowledge.v1 import knowledge_pb2
from services.drug import aspects as about
from services.drug.names import core
from services.drug.rules import Finding, Item
from services.drug.visit import PAIRS, Record, Visit
from services.drug.wording import (
    ADVICE,
    CAUTION,
    NOTHING_FOUND,
    TYPE_NAMES,
    core_or_name,
    particle,
    placed,
    said,
    short_units,
)
from services.specialist.draft import Draft
from services.specialist.sentences import sentences

MOST_STATEMENTS = 8
_VERDICT_SENTENCES = 5
_RECORD_SENTENCES = 3
_PASSAGE_SENTENCES = 5
_REPEATS = 0.62
_ADVISES = re.compile("의사|약사|진료|병원|119")
_NOT_LETTERS = re.compile(r"[^0-9a-z가-힣]+")
_AMOUNT = re.compile(r"\d\s*(?:mg|g|정|알|캡슐|병|포|밀리그램|그램)")
_OF_CHILDREN = re.compile("kg|세 이상|세 미만|개월|어린이|아이|아기|소아|몸무게|체중")
_PRESCRIPTION = {
    "otc": "처방전 없이 약국에서 살 수 있는 일반의약품입니다.",
    "prescription": "의사의 처방이 있어야 살 수 있는 전문의약품입니다.",
}
_NOT_LOOKED_AT = (
    "함께 물어보신 다른 약은 자료에서 이름을 찾지 못해 함께 써도 되는지 확인하지 못했으며, "
    "확인하지 못한 것이 안전하다는 뜻은 아닙니다."
)


class Writing:
    """One visit, written down. ``draft`` may still be told what could not be looked at."""

    def __init__(self, visit: Visit, passages: Sequence[knowledge_pb2.Passage]) -> None:
        self.draft = Draft()
        self._visit, self._passages = visit, passages
        self._said: list[str] = []
        self._sure = min(passages[0].score, 0.9) if passages else 0.0
        self._chosen = {query: self._sentences_of(query, record) for query, record in visit.records.items()}

    def finished(self) -> tuple[Draft, float]:
        """The draft with everything in it, and how sure it is, 0..1."""
        self._verdicts()
        self._nothing_found()
        self._contents()
        self._prescription()
        if self._visit.aspects or not self._passages:
            self._records(self._visit.medicines, sure=0.8 if self._visit.aspects else 0.6)
        self._quotes()
        self._class_words()
        self._nothing_said()
        self._advice()
        self.draft.clarifying_question = _clarifying(self._visit, bool(self._passages))
        return self.draft, self._sure

    # ---- rules ---------------------------------------------------------------------------------------------------

    def _verdicts(self) -> None:
        """The verdicts first; a pair is judged once by its most severe rule.

        Every verdict is said, however alike they are: one name makes the difference. Only reasons find an end.
        """
        judged: set[tuple[str, ...]] = set()
        for finding in self._visit.verdicts:
            once = finding.items if finding.type in ("pair", "class") else (finding.type, *finding.ingredients)
            if once in judged:
                continue
            judged.add(once)
            verdict, *reasons = said(finding, self._visit.by_query)
            self._judge(verdict, ids := self._evidence_of(finding))
            if len(self._said) <= _VERDICT_SENTENCES:
                for reason in reasons:
                    self._judge(reason, ids)

    def _evidence_of(self, finding: Finding) -> list[str]:
        """The rule, or the records of the medicines when the rule is their common ingredient."""
        if finding.evidence_id:
            kind = CAUTION if finding.remark.startswith("주의") else TYPE_NAMES[finding.type]
            title = f"{kind}: {' + '.join(dict.fromkeys(finding.ingredients))}"
            limit = f" ({short_units(finding.limit)})" if finding.limit else ""
            remark = f" {finding.remark}." if finding.remark else ""
            snippet = f"{title}{limit}. {short_units(finding.reason)}{short_units(remark)}"
            return [self.draft.cite(finding.evidence_id, title, snippet, self._visit.source, self._visit.as_of)]
        return [id for query in finding.items for id in self._cite_item(self._visit.by_query[query])]

    def _nothing_found(self) -> None:
        """A pair was looked for and not found, which is not the same as safe."""
        if len(self._visit.items) == 1 and self._visit.names_a_stranger:
            self._settle(_NOT_LOOKED_AT, self._cite_item(self._visit.items[0]), sure=0.5)
        pair = self._visit.medicines[:2]
        if len(pair) < 2 or self._visit.compares or any(finding.type in PAIRS for finding in self._visit.found):
            return
        names = f"{particle(core_or_name(pair[0]), '과')} {core_or_name(pair[1])}"
        sentence = f"{self._visit.source}에서 {names}의 병용금기를 찾지 못했지만, {NOTHING_FOUND}."
        self._settle(sentence, [id for item in pair for id in self._cite_item(item)], sure=0.7)

    # ---- records -------------------------------------------------------------------------------------------------

    def _contents(self) -> None:
        """What a medicine contains, or which medicines contain an ingredient."""
        visit = self._visit
        if not about.CONTAINS.search(visit.text):
            return
        if visit.containing:
            names = ", ".join(record["name"].split("(")[0] for record in visit.containing)
            ids = [self._cite(record, f"{record['name']}: {record['generic_name']}") for record in visit.containing]
            self._settle(f"{particle(visit.items[0].name, '이')} 든 약에는 {names} 등이 있습니다.", ids, sure=0.85)
        for item in visit.medicines:
            record = visit.records.get(item.query)
            if item.item_seq and record and record["generic_name"]:
                text = f"{core_or_name(item)}의 주성분은 {record['generic_name']}입니다."
                self._settle(text, self._cite_item(item), sure=0.85)

    def _prescription(self) -> None:
        if not about.PRESCRIPTION.search(self._visit.text):
            return
        for item in self._visit.medicines:
            record = self._visit.records.get(item.query)
            saying = _PRESCRIPTION.get(record["prescription_status"]) if record and item.item_seq else None
            if saying:
                self._settle(f"{particle(core_or_name(item), '은')} {saying}", self._cite_item(item), sure=0.8)

    def _records(self, items: Sequence[Item], sure: float) -> None:
        """What the texts of the first two medicines say about what is asked."""
        most = _RECORD_SENTENCES if len(items) == 1 else _RECORD_SENTENCES - 1
        for item in items[:2]:
            record = self._visit.records.get(item.query)
            for sentence in self._chosen.get(item.query, [])[:most] if record else []:
                brand = core(record["name"]) if item.kind == "class" and record else core_or_name(item)
                self._tell(placed(sentence, brand, item), self._cite_record(item), sure=sure)

    def _sentences_of(self, query: str, record: Record) -> list[str]:
        """What is asked; beside other medicines what the texts say of those; an overview when no rule has spoken."""
        others = [item for item in self._visit.items if item.query != query and not self._visit.compares]
        names = [name for item in others for name in (item.query, core_or_name(item), *item.ingredients)]
        wanted = [*([about.speaking_of(names)] if names else []), *self._visit.aspects]
        if not wanted and not self._visit.verdicts and not self._visit.names_a_stranger:
            wanted = about.overview()
        found = about.answering(record, wanted, 2 * _RECORD_SENTENCES)
        if self._visit.cues.child:
            found = [sentence for sentence in found if not _for_adults(sentence)]
        return found[:_RECORD_SENTENCES]

    def _cite_item(self, item: Item) -> list[str]:
        """The record of a medicine as evidence; the class's note for a class word; nothing without either."""
        return self._cite_class(item) if item.kind == "class" else self._cite_record(item)

    def _cite_record(self, item: Item) -> list[str]:
        record = self._visit.records.get(item.query)
        if record is None:
            return []
        texts = self._chosen.get(item.query) or sentences(record["efficacy"])[:1]
        return [self._cite(record, f"{record['name']} (주성분 {record['generic_name']}). {' '.join(texts)}")]

    def _cite(self, record: Record, snippet: str) -> str:
        source, as_of = record["source"] or "식약처 의약품 제품 허가정보", record["as_of"]
        return self.draft.cite(
            f"drug/{record['item_seq']}", record["name"], snippet, source, as_of, image=record["image"]
        )

    # ---- passages and words ------------------------------------------------------------------------------------------

    def _quotes(self) -> None:
        for passage in self._passages:
            for sentence in sentences(passage.text)[:_PASSAGE_SENTENCES]:
                self._add(sentence, partial(self._cite_passage, passage), settled=False)

    def _cite_passage(self, passage: knowledge_pb2.Passage) -> list[str]:
        id = f"knowledge/{passage.id}"
        return [self.draft.cite(id, passage.title, passage.text, passage.source, passage.as_of, passage.score)]

    def _class_words(self) -> None:
        """What is generally said of a class, and of one of its medicines, when nothing better was found."""
        if self._said:
            return
        for item in self._visit.items:
            if item.kind == "class":
                note = self._note(item)
                self._add(note, partial(self._cite_class, item), settled=False)
                self._sure = max(self._sure, 0.5)
        if self._visit.aspects:
            self._records([item for item in self._visit.items if item.kind == "class"][:1], sure=0.5)

    def _note(self, item: Item) -> str:
        return next((lay.note for lay in self._visit.words.classes.values() if lay.name == item.name), "")

    def _cite_class(self, item: Item) -> list[str]:
        words, note = self._visit.words, self._note(item)
        return [self.draft.cite(f"drug-class/{item.name}", item.name, note, words.source, words.as_of)] if note else []

    def _nothing_said(self) -> None:
        """A medicine is known and its texts are silent on what is asked, which is not permission."""
        if self._said:
            return
        for item in self._visit.medicines[:1]:
            text = f"{core_or_name(item)}의 자료에서 물어보신 내용을 찾지 못했으며, {NOTHING_FOUND}."
            self._settle(text, self._cite_record(item), sure=0.3)

    # ---- the end -------------------------------------------------------------------------------------------------

    def _advice(self) -> None:
        """Where to ask, unless that has been said; it rests on what was said first."""
        if not self._visit.items or not self._said or any(_ADVISES.search(sentence) for sentence in self._said):
            return
        first = self.draft.response(1.0).statements[0]
        self.draft.say(ADVICE, *first.evidence_ids, settled=first.settled)

    def _judge(self, sentence: str, ids: Sequence[str]) -> None:
        """A verdict or its reason, unless these very words have been said."""
        if ids and sentence not in self._said:
            self._said.append(sentence)
            self.draft.say(sentence, *ids, settled=True)
            self._sure = max(self._sure, 0.9)

    def _settle(self, sentence: str, ids: Sequence[str], sure: float) -> None:
        """What rules and records settle by themselves."""
        self._rest_on(ids, sentence, sure, settled=True)

    def _tell(self, sentence: str, ids: Sequence[str], sure: float) -> None:
        """What texts say."""
        self._rest_on(ids, sentence, sure, settled=False)

    def _rest_on(self, ids: Sequence[str], sentence: str, sure: float, settled: bool) -> None:
        if ids:
            self._add(sentence, lambda: ids, settled=settled)
            self._sure = max(self._sure, sure)

    def _add(self, sentence: str, cite: Callable[[], Sequence[str]], settled: bool) -> None:
        if not sentence or len(self._said) >= MOST_STATEMENTS or self._repeats(sentence):
            return
        self._said.append(sentence)
        self.draft.say(sentence, *cite(), settled=settled)

    def _repeats(self, sentence: str) -> bool:
        """True when nearly all of a sentence stands in one that was said."""
        pairs = _letter_pairs(sentence)
        return any(len(pairs & _letter_pairs(before)) > _REPEATS * len(pairs) for before in self._said)


def _for_adults(sentence: str) -> bool:
    """True for an amount without an age or a weight: a child's parents must not take it for theirs."""
    return bool(_AMOUNT.search(sentence)) and not _OF_CHILDREN.search(sentence)


def _letter_pairs(sentence: str) -> set[str]:
    text = _NOT_LETTERS.sub("", sentence.lower())
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _clarifying(visit: Visit, answered: bool) -> str:
    """One question that would change the answer."""
    if visit.cues.child and visit.person.age_months is None and visit.items:
        return "아이의 나이(개월 수)와 몸무게가 어떻게 되나요?"
    if len(visit.items) == 1 and visit.names_a_stranger:
        return "함께 드시려는 약의 정확한 제품 이름이나 성분을 알려 주시겠어요?"
    if visit.items and not visit.medicines and visit.aspects and not answered:
        return "드시는 약의 정확한 제품 이름을 알려 주시겠어요?"
    return ""
