"""Finds the symptoms a question speaks of.

Phrases are found as they stand, the longest first, and no two in the same place: "가슴이 두근" is not also "가슴". How
much of the question a symptom explains is the length of its phrases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.internal_external.stems import stemmed
from services.internal_external.tables import Symptom


@dataclass(frozen=True, slots=True)
class Found:
    """A symptom with how many characters of the question speak of it."""

    symptom: Symptom
    length: int


class SymptomFinder:
    """Looks for every phrase of the table."""

    def __init__(self, symptoms: Iterable[Symptom]) -> None:
        pairs = [(stem, symptom) for symptom in symptoms for stem in symptom.stems if len(stem) > 1]
        self._pairs = sorted(pairs, key=lambda pair: -len(pair[0]))

    def find(self, text: str) -> list[Found]:
        """Symptoms in the order of how much of the question they explain; empty when nothing is understood."""
        said = stemmed(text)
        taken = bytearray(len(said))
        lengths: dict[str, int] = {}
        named: dict[str, Symptom] = {}
        for stem, symptom in self._pairs:
            at = _free(said, stem, taken)
            if at >= 0:
                taken[at : at + len(stem)] = b"\x01" * len(stem)
                lengths[symptom.id] = lengths.get(symptom.id, 0) + len(stem)
                named[symptom.id] = symptom
        ordered = sorted(lengths.items(), key=lambda item: -item[1])
        return [Found(named[id], length) for id, length in ordered]


def _free(said: str, stem: str, taken: bytearray) -> int:
    """Where ``stem`` stands on untaken ground, or -1."""
    at = said.find(stem)
    while at >= 0 and any(taken[at : at + len(stem)]):
        at = said.find(stem, at + 1)
    return at
