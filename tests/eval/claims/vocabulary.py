"""The names of medicines in the shipped exports, as the checks of claims are given them."""

from __future__ import annotations

import json
import pathlib
import re
from functools import lru_cache
from typing import Any

from services.drug.names import core

ROOT = pathlib.Path(__file__).parents[3]
_DATA = ROOT / "services/drug/data"


def _items(name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads((_DATA / name).read_text(encoding="utf-8"))["body"]["items"]
    return items


def easy_drugs() -> list[dict[str, Any]]:
    return [row for path in sorted(_DATA.glob("easy_drug_*.json")) for row in _items(path.name)]


def dur_rows(type_name: str = "") -> list[dict[str, Any]]:
    return [row for row in _items("dur.json") if type_name in row["TYPE_NAME"]]


@lru_cache(maxsize=1)
def medicine_names() -> tuple[str, ...]:
    """Brand cores and ingredients, sorted."""
    found: set[str] = set()
    for path in sorted(_DATA.glob("product_permit_*.json")):
        for row in _items(path.name):
            found.add(core(row["ITEM_NAME"]))
            found.update(re.findall(r"성분명 : ([^|]+)", row["MATERIAL_NAME"]))
    for row in dur_rows():
        found.update((row["INGR_KOR_NAME"], row["MIXTURE_INGR_KOR_NAME"]))
    return tuple(sorted(name.strip() for name in found if len(name.strip()) >= 2))
