"""Writes exports as long as the nation's, synthetic throughout, in the official formats.

usage: python -m tests.bench.nation OUT [--factor 1.0] [--seed 20261120]

One folder for each service that takes exports in: OUT/drug, OUT/clinic, OUT/knowledge. The same factor and seed give
the same bytes. Sizes follow what the portals count in 2026, rounded: about 45,000 permitted products, 800,000 DUR rows,
77,000 facilities; 200,000 passages stand for a knowledge base of a national portal.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.envelope import write_export, write_exports, write_lines
from tests.bench.facilities import Atlas
from tests.bench.medicines import Pharmacopoeia
from tests.bench.passages import DOMAINS, passage_rows

SEED = 20261120
GROUP_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows of each kind."""

    medicines: int
    dur: int
    hospitals: int
    pharmacies: int
    passages: int

    @classmethod
    def of(cls, factor: float) -> Size:
        """The nation's size times ``factor``; at least a few of everything."""
        return cls(*(max(8, round(count * factor)) for count in (45_000, 800_000, 53_000, 24_000, 200_000)))


def write(out: pathlib.Path, size: Size, seed: int = SEED) -> Iterator[tuple[str, int]]:
    """Writes every export, and names each with its rows as it is done."""
    yield from _medicines(out / "drug", size, random.Random(f"{seed}/medicines"))
    yield from _facilities(out / "clinic", size, seed)
    yield from _passages(out / "knowledge", size.passages, seed)


def _medicines(folder: pathlib.Path, size: Size, source: random.Random) -> Iterator[tuple[str, int]]:
    known = Pharmacopoeia(size.medicines, source)
    yield "e약은요", write_exports(folder, "easy_drug", known.easy_drug_rows(), "식약처 e약은요")
    yield "허가정보", write_exports(folder, "product_permit", known.permit_rows(), "식약처 의약품 제품 허가정보")
    of_ingredients = write_exports(folder, "dur_ingredients", known.ingredient_rules(), "식약처 DUR 성분정보")
    yield "DUR 성분", of_ingredients
    rest = known.product_rules(max(0, size.dur - of_ingredients))
    yield "DUR 품목", write_exports(folder, "dur_products", rest, "식약처 DUR 품목정보")


def _facilities(folder: pathlib.Path, size: Size, seed: int) -> Iterator[tuple[str, int]]:
    """The importer of facilities takes each list as one file."""
    folder.mkdir(parents=True, exist_ok=True)
    atlas = Atlas(random.Random(f"{seed}/facilities"))
    lists = (
        ("hira_hospitals", atlas.hospital_rows(size.hospitals), "심평원 병원정보"),
        ("hira_details", atlas.detail_rows(size.hospitals), "심평원 병원상세정보"),
        ("nemc_pharmacies", atlas.pharmacy_rows(size.pharmacies), "국립중앙의료원 약국정보"),
    )
    for stem, rows, source in lists:
        yield stem, write_export(folder / f"{stem}.json", rows, source)


def _passages(folder: pathlib.Path, count: int, seed: int) -> Iterator[tuple[str, int]]:
    for domain, share in zip(DOMAINS, _shares(count, len(DOMAINS)), strict=True):
        written = 0
        for number, begin in enumerate(range(0, share, GROUP_ROWS), 1):
            group = f"synthetic_{number:03}"
            rows = passage_rows(
                domain, group, min(GROUP_ROWS, share - begin), random.Random(f"{seed}/{domain}/{group}")
            )
            written += write_lines(folder / domain / f"{group}.jsonl", rows)
        yield f"passages {domain}", written


def _shares(count: int, parts: int) -> list[int]:
    return [count // parts + (number < count % parts) for number in range(parts)]


def main(arguments: list[str] | None = None) -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.bench.nation", description="synthetic nation-sized exports")
    reader.add_argument("out", type=pathlib.Path)
    reader.add_argument("--factor", type=float, default=1.0)
    reader.add_argument("--seed", type=int, default=SEED)
    given = reader.parse_args(arguments)
    began = time.perf_counter()
    for name, rows in write(given.out, Size.of(given.factor), given.seed):
        print(f"{name:<28}{rows:>10,}  {time.perf_counter() - began:6.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
