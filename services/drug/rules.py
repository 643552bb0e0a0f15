"""The words the rules are written in: rules, medicines, a person, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from services.drug.forms import acts_locally


class Severity(IntEnum):
    """How strongly a finding speaks against the use; the numbers are the contract's."""

    INFO = 1
    CAUTION = 2
    CONTRAINDICATED = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A DUR rule. ``type`` is pair, pregnancy, age, elderly, class, dose or duration; an ``item_seq`` narrows it."""

    id: str
    type: str
    ingredient: str
    partner: str = ""
    item_seq: str = ""
    partner_item_seq: str = ""
    content: str = ""
    remark: str = ""
    grade: str = ""
    age_base: str = ""
    max_quantity: str = ""
    max_term: str = ""
    class_name: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A medicine of the list: as written, as understood, and its ingredients' base names.

    ``kind`` is "product", "ingredient" or "class"; a class word stands for any of its ingredients. ``taken`` marks a
    medicine the person takes already: it is paired with the asked ones, not judged by itself.
    """

    query: str
    name: str
    ingredients: tuple[str, ...]
    item_seq: str = ""
    form: str = ""
    kind: str = "product"
    confidence: float = 1.0
    taken: bool = False

    @property
    def local(self) -> bool:
        return acts_locally(self.form, self.name)


@dataclass(frozen=True, slots=True)
class Person:
    """Who the medicines are for, as far as known. ``pregnant`` is None when nothing is known about it."""

    age_months: int | None = None
    pregnant: bool | None = None
    breastfeeding: bool = False
    conditions: tuple[str, ...] = ()
    # Ingredients the person is allergic to, by the word the person used.
    allergies: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the rules say. ``applies`` is False when it holds for some people and nobody knows if for this one."""

    type: str
    severity: Severity
    items: tuple[str, ...]
    ingredients: tuple[str, ...]
    reason: str
    limit: str = ""
    evidence_id: str = ""
    applies: bool = True
    remark: str = ""
    class_name: str = ""
