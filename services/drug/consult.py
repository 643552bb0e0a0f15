"""A pharmacist's part of an answer: the rules' verdict, why, what the medicine's own texts say, and where to ask.

Rules and records settle what they say. Retrieved passages add what people ask beyond a single product. Without the
knowledge service the part is made from the tables alone and says so.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from medichain.knowledge.v1.knowledge_pb2 import Passage
from services.drug.aspects import Aspect, answering
from services.drug.aspects import asked as aspects_asked
from services.drug.pharmacist import Pharmacist
from services.drug.profile_cues import Cues, cues, with_cues
from services.drug.rules import Item, Person
from services.drug.store import DrugStore
from services.drug.visit import Record, Visit, asks_what_contains, without_hypernyms, without_names
from services.drug.writing import Writing
from services.safety.text import normalised
from services.specialist.draft import Draft
from services.specialist.relevance import worth_quoting
from services.specialist.retrieve import UNAVAILABLE, Retriever

_EXPECTING = re.compile("임신|임부|임산부|태아|수유|모유|젖을|출산|배란")
_CHILDREN = re.compile("아이|아기|영아|유아|어린이|소아|청소년|신생아|개월|[0-9]세|체중|kg")
_MOST_MEDICINES = 6
_LISTED = 6
# Where a rule has spoken, a passage that fits less well than this adds nothing to it.
_BESIDE_A_VERDICT = 0.6
# Ingredients of a class that are looked at for one product to speak for it.
_FIRST_OF_CLASS = 4


class Consultation:
    """Answers questions about medicines."""

    def __init__(self, pharmacist: Pharmacist, store: DrugStore, retriever: Retriever) -> None:
        self._pharmacist, self._store, self._retriever = pharmacist, store, retriever

    async def answer(
        self, question: str, person: Person, taken: Sequence[str] = (), allergies: Sequence[str] = ()
    ) -> tuple[Draft, float]:
        """A draft, and how sure it is that it answers the question, 0..1."""
        text = normalised(question)
        retrieval = asyncio.ensure_future(self._retriever.passages(text))
        try:
            visit = await self._visit(text, person, taken, allergies)
            retrieved = await retrieval
        finally:
            retrieval.cancel()
        writing = Writing(visit, self._about_these(visit, worth_quoting(retrieved.passages)))
        if not retrieved.reachable:
            writing.draft.lack(UNAVAILABLE)
        return writing.finished()

    def _about_these(self, visit: Visit, passages: list[Passage]) -> list[Passage]:
        """The passages whose headings name no other medicine, and no other person's state, than those asked about;
        beside a verdict, close ones."""
        passages = [one for one in passages if not _of_another(one, visit)]
        if visit.verdicts:
            passages = [one for one in passages if one.score >= _BESIDE_A_VERDICT]
        asked = {name for item in visit.items for name in item.ingredients}
        if not asked:
            return passages
        named = [self._pharmacist.products.mentioned(one.title) for one in passages]
        return [one for one, others in zip(passages, named, strict=True) if not _strangers(others, asked)]

    async def _visit(self, text: str, person: Person, taken: Sequence[str], allergies: Sequence[str]) -> Visit:
        said = cues(text)
        products = self._pharmacist.products
        asked, known = products.mentioned(text), products.named(taken, taken=True)
        items = without_hypernyms(text, asked)[:_MOST_MEDICINES]
        aspects = aspects_asked(without_names(text, items))
        about = self._person(person, said, allergies)
        theirs = [] if said.child else _others(known, items)
        found = await self._pharmacist.judge([*items, *theirs], about)
        return Visit(
            text,
            items,
            theirs,
            about,
            said,
            found,
            self._pharmacist.products.resolver.lexicon.words,
            self._pharmacist.source,
            self._pharmacist.rules_as_of,
            await self._records([*items, *theirs], aspects),
            await self._containing(text, items),
        )

    def _person(self, person: Person, said: Cues, allergies: Sequence[str]) -> Person:
        """The person the question is about; a child in it is not the one whose profile lists the allergies."""
        about = with_cues(person, said)
        return about if said.child else replace(about, allergies=self._pharmacist.read_allergies(allergies)[0])

    async def _records(self, items: Sequence[Item], aspects: Sequence[Aspect]) -> dict[str, Record]:
        """The texts of the products named, and of one product for each ingredient or class named without one: the
        first whose texts speak of what is asked."""
        wanted = {item.query: [item.item_seq] for item in items if item.item_seq}
        plain = {item.query: item.ingredients[:_FIRST_OF_CLASS] for item in items if not item.item_seq}
        sole = await self._store.sole_products({name for names in plain.values() for name in names}) if plain else {}
        for query, ingredients in plain.items():
            wanted[query] = [product for name in ingredients for product in sole.get(name, [])[:2]]
        found = await self._store.records({product for products in wanted.values() for product in products})
        return {
            query: dict(_speaking([found[product] for product in products if product in found], aspects))
            for query, products in wanted.items()
            if any(product in found for product in products)
        }

    async def _containing(self, text: str, items: list[Item]) -> list[Record]:
        if not asks_what_contains(text, items):
            return []
        return [dict(row) for row in await self._store.containing(items[0].name, _LISTED)]


def _of_another(passage: Passage, visit: Visit) -> bool:
    """True for a passage about pregnancy or breastfeeding that nobody has spoken of, and for one that does not know of
    children when a child is meant."""
    if visit.cues.child and not _CHILDREN.search(f"{passage.title} {passage.text}"):
        return True
    theirs = visit.person.pregnant or visit.person.breastfeeding or _EXPECTING.search(visit.text)
    return bool(_EXPECTING.search(passage.title)) and not theirs


def _strangers(named: Sequence[Item], asked: set[str]) -> bool:
    return any(item.kind != "class" and not asked & set(item.ingredients) for item in named)


def _others(known: Sequence[Item | None], items: Sequence[Item]) -> list[Item]:
    """The medicines of the profile that the question does not name itself."""
    named = {(item.item_seq, item.ingredients) for item in items} | {(item.query, ()) for item in items}
    return [item for item in known if item and not {(item.item_seq, item.ingredients), (item.query, ())} & named]


def _speaking(records: Sequence[Mapping[str, str]], aspects: Sequence[Aspect]) -> Mapping[str, str]:
    """The first record that speaks of what is asked; the first of all when none does."""
    return next((record for record in records if answering(record, aspects, 1)), records[0])
