"""Every medicine in memory, as a list shows it and as names find it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import NamedTuple

from services.drug.search import Plan

_KINDS = ("brand", "alias", "product", "ingredient", "sole")
# Kinds of names that mean a product itself, not what is in it.
_OWN = frozenset({"brand", "alias", "product"})
_BRANDS = frozenset({"brand", "alias"})


class Listing(NamedTuple):
    """A medicine as a list shows it; ``summary`` is the first sentence of its efficacy."""

    item_seq: str
    name: str
    company: str
    generic_name: str
    drug_class: str
    form: str
    strength: str
    prescription_status: str
    image: str
    atc_code: str
    cancelled: bool
    summary: str


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product found by a key: how the key names it, and what a choice between products needs."""

    key: str
    kind: str
    item_seq: str
    name: str
    form: str
    cancelled: bool
    ingredients: tuple[str, ...] = ()


class Shelf:
    """Medicines in the order of lists (sold before withdrawn, then by item number), and the keys they are found by.

    ``names`` are rows of (key, item number, kind), ``ingredients`` base names by item number. The nation has 45,000
    medicines and 145,000 names: they are kept as numbers in arrays, and texts that repeat are kept once.
    """

    def __init__(
        self,
        listings: Iterable[Listing],
        names: Iterable[tuple[str, str, str]],
        ingredients: Mapping[str, Sequence[str]],
    ) -> None:
        self._listings = sorted(map(_compact, listings), key=lambda one: (one.cancelled, one.item_seq))
        self._sold = sum(not one.cancelled for one in self._listings)
        self._at = {one.item_seq: number for number, one in enumerate(self._listings)}
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        listed = (tuple(map(intern, ingredients.get(one.item_seq, ()))) for one in self._listings)
        self._ingredients = [shared.setdefault(found, found) for found in listed]
        self._keys: list[str] = []
        self._begins, self._numbers, self._kinds = array("I"), array("I"), bytearray()
        for key, item, kind in sorted(names):
            # A name may have been read a moment later than the medicines, and be of one that was not there yet.
            if item in self._at:
                self._add(key, self._at[item], _KINDS.index(kind))
        self._begins.append(len(self._numbers))

    def _add(self, key: str, number: int, kind: int) -> None:
        if not self._keys or self._keys[-1] != key:
            self._keys.append(key)
            self._begins.append(len(self._numbers))
        self._numbers.append(number)
        self._kinds.append(kind)

    def brands(self) -> list[str]:
        """The keys that are a brand's name or a shorter name of one."""
        wanted = {_KINDS.index(kind) for kind in _BRANDS}
        return [
            key
            for at, key in enumerate(self._keys)
            if not wanted.isdisjoint(self._kinds[self._begins[at] : self._begins[at + 1]])
        ]

    def vocabulary(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every key, sorted, with the ingredients of the first product it names."""
        return [(key, self._ingredients[self._numbers[self._begins[at]]]) for at, key in enumerate(self._keys)]

    def search(self, plan: Plan, offset: int, limit: int) -> list[Listing]:
        """Medicines a plan looks for, those of the lowest rank first, withdrawn ones last."""
        if not plan.ranked:
            found = [self._at[plan.item]] if plan.item in self._at else []
        else:
            ranks = self._ranks(plan)
            found = sorted(ranks, key=lambda number: (number >= self._sold, ranks[number], number))
        return [self._listings[number] for number in found[offset : offset + limit]]

    def named(self, keys: Collection[str], items: Collection[str] = ()) -> list[NamedProduct]:
        """The products of brand keys and of item numbers, each with its ingredients."""
        found = [
            self._product(key, _KINDS[self._kinds[at]], self._numbers[at])
            for key in keys
            for at in self._places(key)
            if _KINDS[self._kinds[at]] in _OWN
        ]
        return found + [self._product(item, "item", self._at[item]) for item in items if item in self._at]

    def _ranks(self, plan: Plan) -> dict[int, int]:
        """The best rank of each medicine that fits, by its number."""
        ranks: dict[int, int] = {}
        for key, rank in plan.ranked:
            for at in self._places(key):
                number = self._numbers[at]
                if rank < ranks.get(number, rank + 1):
                    ranks[number] = rank
        return {number: rank for number, rank in ranks.items() if self._fits(number, plan.atc)} if plan.atc else ranks

    def _fits(self, number: int, prefixes: tuple[str, ...]) -> bool:
        code = self._listings[number].atc_code
        return not code or code.startswith(prefixes)

    def _product(self, key: str, kind: str, number: int) -> NamedProduct:
        one = self._listings[number]
        return NamedProduct(key, kind, one.item_seq, one.name, one.form, one.cancelled, self._ingredients[number])

    def _places(self, key: str) -> range:
        """Where the names of a key stand."""
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            return range(0)
        return range(self._begins[at], self._begins[at + 1])


def _compact(one: Listing) -> Listing:
    """The same, its texts that other medicines share kept once."""
    return one._replace(
        **{name: intern(getattr(one, name)) for name in _SHARED},
        cancelled=bool(one.cancelled),
    )


_SHARED = (
    "company",
    "generic_name",
    "drug_class",
    "form",
    "strength",
    "prescription_status",
    "image",
    "atc_code",
    "summary",
)
