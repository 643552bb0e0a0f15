"""Scores the checks of claims: false sentences stopped, true ones kept. `python -m tests.eval.run --only claims`."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from services.safety.claims import Names, Verdict, check
from tests.eval.claims.vocabulary import medicine_names

HERE = pathlib.Path(__file__).parent
SETS = ("tuned", "tuned2", "blind", "blind2")
FLOORS = {"false stopped": 0.99, "true kept": 0.95}


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@lru_cache(maxsize=1)
def _evidence() -> tuple[dict[str, str], Names]:
    return {row["id"]: row["text"] for row in _rows("evidence")}, Names(medicine_names())


def judged(name: str) -> Iterator[tuple[dict[str, Any], Verdict]]:
    """Each row of a set with the verdict on its sentence."""
    texts, known = _evidence()
    for row in _rows(name):
        yield row, check(row["sentence"], [texts[id] for id in row["cited"]], known, row["settled"])


def result(name: str) -> dict[str, tuple[int, int, list[str]]]:
    """What was right, of how many, and the misses, for true sentences and false, and by who wrote them."""
    found: dict[str, tuple[int, int, list[str]]] = {}
    for row, verdict in judged(name):
        true = row["kind"] == "true"
        label = f"{'true kept' if true else 'false stopped'}, {row['origin']}"
        missed = f"[{row['kind']}] {row['sentence']} {verdict.reasons} {row['cited']}"
        for name in (label, label.partition(",")[0]):
            right, of, misses = found.get(name, (0, 0, []))
            wrong = [missed] if verdict.kept != true and name == label else []
            found[name] = (right + (verdict.kept == true), of + 1, [*misses, *wrong])
    return dict(sorted(found.items()))
