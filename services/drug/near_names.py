"""Finds the names closest to a misspelt one among tens of thousands, by pairs of letters and then by distance."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from heapq import nlargest

from services.drug.jamo import distance, letters

# Names that share most pairs of letters and deserve an exact look.
_CANDIDATES = 24
# Pairs that few names have tell more than those that many have, and are quicker to look through.
_RAREST = 6
_NONE: array[int] = array("I")
# One sound-alike letter.
_ONE_SOUND = 0.5


class NearNames:
    """An index of names by the pairs of letters they contain."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(set(names))
        self._letters = [letters(name) for name in self._names]
        self._with_pair: dict[str, array[int]] = {}
        for number, spelling in enumerate(self._letters):
            for pair in _pairs(spelling):
                self._with_pair.setdefault(pair, array("I")).append(number)

    def nearest(self, name: str, most: float) -> list[tuple[str, float]]:
        """Names within ``most`` letters of ``name``, closest first; sound-alikes count half a letter."""
        spelling = letters(name)
        found = []
        for number in self._candidates(spelling, most):
            apart = distance(spelling, self._letters[number], most)
            if apart <= most and _begins_alike(name, self._names[number], apart):
                found.append((self._names[number], apart))
        return sorted(found, key=lambda pair: (pair[1], pair[0]))

    def _candidates(self, spelling: str, most: float) -> list[int]:
        shared: Counter[int] = Counter()
        for names in sorted((self._with_pair.get(pair, _NONE) for pair in _pairs(spelling)), key=len)[:_RAREST]:
            shared.update(names)
        close = [
            (count / len(self._letters[number]), number)
            for number, count in shared.items()
            if count > 1 and abs(len(self._letters[number]) - len(spelling)) <= most
        ]
        return [number for _, number in nlargest(_CANDIDATES, close)]


def _pairs(spelling: str) -> set[str]:
    return {spelling[at : at + 2] for at in range(len(spelling) - 1)}


def _begins_alike(name: str, other: str, apart: float) -> bool:
    """A slip in the first syllable is believed only when it is the whole difference and sounds alike."""
    return name[:1] == other[:1] or apart <= _ONE_SOUND
