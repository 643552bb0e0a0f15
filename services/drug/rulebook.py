"""The DUR rules of ingredients in memory: a few ten thousand, while those of single products go into the millions."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from services.drug.rules import Rule


class Rulebook:
    """Rules of ingredients by ingredient and partner, and the products that have rules of their own."""

    def __init__(self, rules: Iterable[Rule], items: Iterable[str]) -> None:
        self._of: dict[str, dict[str, list[Rule]]] = {}
        for rule in sorted(rules, key=_in_order):
            self._of.setdefault(rule.ingredient, {}).setdefault(rule.partner, []).append(rule)
        self._items = frozenset(items)

    def about(self, ingredients: Collection[str]) -> list[Rule]:
        """The single rules of ingredients, and the pairs within them, always in the same order."""
        partners = {"", *ingredients}
        return [
            rule
            for ingredient in sorted(self._of.keys() & set(ingredients))
            for partner in sorted(self._of[ingredient].keys() & partners)
            for rule in self._of[ingredient][partner]
        ]

    def with_own_rules(self, items: Iterable[str]) -> list[str]:
        """The products among ``items`` that rules of single products speak of."""
        return [item for item in items if item in self._items]


def _in_order(rule: Rule) -> tuple[str, int, str]:
    """File by file, and as its export numbered them: 9 before 10."""
    file, _, number = rule.id.partition(".")
    return file, len(number), number
