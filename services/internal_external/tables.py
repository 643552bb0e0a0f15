"""The recommender's tables, read from data/: departments, and what people say of each symptom."""

from __future__ import annotations

import json
import pathlib
from dataclasses import dataclass
from functools import cached_property

from services.internal_external.stems import stemmed

DATA = pathlib.Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Department:
    """A department: its name, its side ("internal", "surgical", "other"), what people also call it, what it sees."""

    name: str
    side: str
    aliases: tuple[str, ...]
    sees: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a department fits a symptom: weights of one symptom add up to 1."""

    department: str
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class Symptom:
    """What people say of a symptom, and where it leads. ``ask`` is set where two departments are equally likely."""

    id: str
    name: str
    stems: tuple[str, ...]
    fits: tuple[Fit, ...]
    warning: str
    ask: str


@dataclass(frozen=True)
class Tables:
    """Both tables with where they come from."""

    departments: dict[str, Department]
    symptoms: dict[str, Symptom]
    source: str
    as_of: str

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """Every way a department is called with its official name, longest first: "불안과" must not find 안과."""
        pairs = [(word, d.name) for d in self.departments.values() for word in (d.name, *d.aliases) if len(word) > 1]
        return sorted(pairs, key=lambda pair: -len(pair[0]))


def load(folder: pathlib.Path = DATA) -> Tables:
    """Reads both tables. Raises KeyError when a symptom leads to a department that is not there."""
    departments = json.loads((folder / "departments.json").read_text(encoding="utf-8"))
    symptoms = json.loads((folder / "symptoms.json").read_text(encoding="utf-8"))
    known = {row["code"]: _department(row) for row in departments["departments"]}
    found = {row["id"]: _symptom(row) for row in symptoms["symptoms"]}
    for symptom in found.values():
        for fit in symptom.fits:
            known[fit.department]
    return Tables(known, found, symptoms["sample"]["source"], symptoms["sample"]["date"])


def _department(row: dict[str, object]) -> Department:
    return Department(str(row["code"]), str(row["side"]), tuple(row["aliases"]), str(row["sees"]))  # type: ignore[arg-type]


def _symptom(row: dict[str, object]) -> Symptom:
    fits = tuple(Fit(f["code"], f["weight"], f["reason"]) for f in row["departments"])  # type: ignore[attr-defined]
    stems = tuple(dict.fromkeys(stemmed(phrase) for phrase in row["phrases"]))  # type: ignore[attr-defined]
    return Symptom(str(row["id"]), str(row["name"]), stems, fits, str(row["warning"]), str(row["ask"]))
