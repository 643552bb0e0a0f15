"""Everything looked up for one question about medicines, and which findings the question asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from services.drug.aspects import COMPARES, CONTAINS, DURATION, TOGETHER, Aspect, asked
from services.drug.lay_words import LayWords
from services.drug.profile_cues import Cues
from services.drug.rules import Finding, Item, Person

PAIRS = frozenset({"pair", "duplicate_ingredient", "class"})
Record = Mapping[str, str]
_LOOKS_LIKE_A_PRODUCT = re.compile(r"[가-힣]{2,}(?:정|캡슐|시럽|연고)(?=\s|이랑|랑|하고|과|와|을|를|은|는|도|$)")
_NOT_A_PRODUCT = re.compile("걱정|결정|안정|일정|과정|인정|가정|특정|예정|조정|규정|설정|진정|긍정|부정|사정|감정|열정")


@dataclass(frozen=True)
class Visit:
    """A question with its medicines (``items``; ``theirs`` are those of the profile), its person, the rules' findings,
    the texts of the medicines by how they were written, and products that contain an ingredient asked about."""

    text: str
    items: list[Item]
    theirs: list[Item]
    person: Person
    cues: Cues
    found: list[Finding]
    words: LayWords
    source: str
    as_of: str
    records: dict[str, Record] = field(default_factory=dict)
    containing: list[Record] = field(default_factory=list)

    @cached_property
    def aspects(self) -> list[Aspect]:
        return asked(without_names(self.text, self.items))

    @cached_property
    def by_query(self) -> dict[str, Item]:
        return {item.query: item for item in (*self.items, *self.theirs)}

    @property
    def names_a_stranger(self) -> bool:
        """True when the question asks about taking something together that looks like a product and is not known."""
        rest = _NOT_A_PRODUCT.sub(" ", without_names(self.text, self.items))
        return bool(TOGETHER.search(self.text) and _LOOKS_LIKE_A_PRODUCT.search(rest))

    @property
    def compares(self) -> bool:
        """True when the question sets medicines against each other instead of taking them together."""
        return bool(COMPARES.search(self.text))

    @property
    def medicines(self) -> list[Item]:
        """The medicines named as such, without the class words."""
        return [item for item in self.items if item.kind != "class"]

    @property
    def verdicts(self) -> list[Finding]:
        """The findings the question asks for, or that concern the person it describes."""
        return [finding for finding in self.found if self._concerns(finding)]

    def _concerns(self, finding: Finding) -> bool:
        names = {aspect.name for aspect in self.aspects}
        if finding.type == "pregnancy":
            return finding.applies or bool(names & {"pregnancy", "planning"})
        if finding.type == "age":
            return finding.applies or (self.cues.child and self.person.age_months is None)
        if finding.type == "elderly":
            return finding.applies
        if finding.type == "dose":
            return not self.cues.child and ("dose" in names or self._shared(finding.ingredients[0]))
        if finding.type in ("class", "duplicate_ingredient"):
            return not self.compares
        if finding.type == "duration":
            return bool(DURATION.search(self.text))
        return True

    def _shared(self, ingredient: str) -> bool:
        """True for an ingredient that two of the medicines have in common."""
        return any(
            finding.type == "duplicate_ingredient" and finding.ingredients[0] == ingredient for finding in self.found
        )


def without_hypernyms(text: str, items: list[Item]) -> list[Item]:
    """Without the class words that only say what the medicines named are: "해열제 … 맥시부펜이랑 챔프 있어요".

    A class word stays when the one medicine named is to be taken with it: "종합감기약 먹었는데 타이레놀 더 먹어도".
    """
    named = [item for item in items if item.kind != "class"]
    together = len(named) == 1 and TOGETHER.search(text)
    kept = {ingredient for item in named for ingredient in item.ingredients} if not together else set()
    return [item for item in items if item.kind != "class" or not kept & set(item.ingredients)]


def without_names(text: str, items: list[Item]) -> str:
    """The question without the names in it: 피임약 is no question about 피임."""
    for item in items:
        text = re.sub(r"\s*".join(map(re.escape, item.query)), " ", text, flags=re.IGNORECASE)
    return text


def asks_what_contains(text: str, items: list[Item]) -> bool:
    """True when a question names an ingredient and wants to know its medicines."""
    return [item.kind for item in items] == ["ingredient"] and bool(CONTAINS.search(text))
