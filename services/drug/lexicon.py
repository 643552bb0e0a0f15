"""Every name the data knows, in memory, ready to be looked for in what people write."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from services.drug.lay_words import LayClass, LayWords
from services.drug.near_names import NearNames

Kind = Literal["item", "brand", "ingredient", "class"]
_COMPLETIONS = 12


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name may mean. ``keys`` are product keys of a brand, the base name of an ingredient, the item number of an
    item or the name of a class; ``confidence`` is how sure the reading is, 0..1."""

    kind: Kind
    keys: tuple[str, ...]
    confidence: float


class Lexicon:
    """Brands, ingredients, class words and misspellings by normalised key."""

    def __init__(self, brands: Iterable[str], ingredients: Mapping[str, str], words: LayWords) -> None:
        self.words = words
        self._brands = sorted(set(brands))
        self._is_brand = frozenset(self._brands)
        self._ingredients = dict(ingredients)
        self._near = NearNames((*self._brands, *(name for name in self._ingredients if not name.isascii())))
        self._lengths = _lengths_by_beginning((*self._brands, *self._ingredients, *words.typos, *words.classes))

    def exact(self, name: str) -> Meaning | None:
        """The meaning of a key that stands in the data as it is."""
        if name in self._ingredients and name not in self._is_brand:
            return Meaning("ingredient", (self._ingredients[name],), 1.0)
        if name in self._is_brand:
            return Meaning("brand", (name,), 1.0)
        if name in self.words.typos:
            right = self.exact(self.words.typos[name])
            return Meaning(right.kind, right.keys, 0.9) if right else None
        if name in self.words.classes:
            return Meaning("class", (name,), 0.6)
        return None

    def begun(self, name: str) -> Meaning | None:
        """The brands that begin with ``name``, when they are few enough to be one family."""
        family = self.beginning_with(name, _COMPLETIONS + 1)
        return Meaning("brand", tuple(family), 0.8) if 0 < len(family) <= _COMPLETIONS else None

    def beginning_with(self, name: str, most: int) -> list[str]:
        """Brands that begin with ``name``, in their order."""
        at = bisect_left(self._brands, name)
        return [brand for brand in self._brands[at : at + most] if brand.startswith(name)]

    def near(self, name: str, most: float) -> Meaning | None:
        """The one name that ``name`` is a slip of; None when several are equally close."""
        found = self._near.nearest(name, most)
        if not found or (len(found) > 1 and found[1][1] == found[0][1]):
            return None
        right = self.exact(found[0][0])
        return Meaning(right.kind, right.keys, round(0.88 - 0.06 * found[0][1], 2)) if right else None

    def near_keys(self, name: str, most: float) -> list[str]:
        """Keys close to ``name``, closest first, for a search that may show several."""
        return [found for found, _ in self._near.nearest(name, most)]

    def longest_at(self, text: str, start: int) -> str:
        """The longest key that stands in ``text`` at ``start``, or ""."""
        for length in self._lengths.get(text[start : start + 2], ()):
            found = text[start : start + length]
            if len(found) == length and self._knows(found):
                return found
        return ""

    def lay_class(self, name: str) -> LayClass:
        return self.words.classes[name]

    def _knows(self, name: str) -> bool:
        return (
            name in self._is_brand
            or name in self._ingredients
            or name in self.words.typos
            or name in self.words.classes
        )


def _lengths_by_beginning(names: Iterable[str]) -> dict[str, list[int]]:
    """For the first two letters of any name, the lengths names of that beginning have, longest first."""
    lengths: dict[str, set[int]] = {}
    for name in names:
        if len(name) > 1:
            lengths.setdefault(name[:2], set()).add(len(name))
    return {beginning: sorted(found, reverse=True) for beginning, found in lengths.items()}
