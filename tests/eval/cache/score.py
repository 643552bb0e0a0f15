"""Scores the answer cache's keys: pairs that may share an answer, and pairs that must not.

`python -m tests.eval.run --only cache`. A pair hits when its two questions have the same key.
"""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator
from functools import lru_cache

from services.chatbot.meaning import Meaning, meaning
from services.drug.ingredients import base_name
from services.drug.names import core
from services.safety.claims import Names
from tests.eval.claims.vocabulary import medicine_names

HERE = pathlib.Path(__file__).parent
PERMITS = HERE.parents[2] / "services" / "drug" / "data"
SETS = {"dev": HERE.parent / "dev" / "cache_pairs.jsonl", "tuned": HERE / "tuned.jsonl", "blind": HERE / "blind.jsonl"}
FLOORS = {"cache: same question hits": 0.9, "cache: other question misses": 1.0}


@lru_cache(maxsize=1)
def vocabulary() -> tuple[dict[str, tuple[str, ...]], Names]:
    """What the drug service says of its names: the base ingredients of each, and how they are found."""
    held: dict[str, tuple[str, ...]] = {}
    for row in _permits():
        inside = tuple(dict.fromkeys(base_name(name) for name in re.findall(r"성분명 : ([^|]+)", row["MATERIAL_NAME"])))
        held.setdefault(core(row["ITEM_NAME"]), inside)
        held.update((name, (name,)) for name in inside)
    return held, Names({*medicine_names(), *held})


def _permits() -> Iterator[dict[str, str]]:
    for path in sorted(PERMITS.glob("product_permit_*.json")):
        yield from json.loads(path.read_text(encoding="utf-8"))["body"]["items"]


def read(text: str) -> Meaning:
    """The meaning of a question of no domain."""
    return meaning(text, *vocabulary(), ())


def result(name: str) -> dict[str, tuple[int, int, list[str]]]:
    """What was right, of how many, and the misses, for pairs that ask the same and pairs that do not."""
    found = {label: (0, 0, list[str]()) for label in FLOORS}
    for line in SETS[name].read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        one, other = read(row["a"]), read(row["b"])
        label = "cache: same question hits" if row["same"] else "cache: other question misses"
        right = (one.key == other.key) == row["same"]
        hits, of, misses = found[label]
        missed = [] if right else [f"{row['a']} | {row['b']}\n        {one}\n        {other}"]
        found[label] = (hits + right, of + 1, [*misses, *missed])
    return found
