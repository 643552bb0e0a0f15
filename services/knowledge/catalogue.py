"""The passages of an index, on disk, by position. A domain, and a group within it, is one run of positions."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import orjson

from services.knowledge.passages import Passage
from services.knowledge.vectors import Ids

_RECORDS, _OFFSETS, _RUNS = "passages.jsonl", "passages.npy", "groups.json"
# domain, group, first position, position after the last
Run = tuple[str, str, int, int]


def ordered(passages: Sequence[Passage]) -> list[Passage]:
    """Passages in the order of a catalogue."""
    return sorted(passages, key=lambda passage: (passage.domain, passage.group, passage.id))


class Catalogue:
    """Reads passages by position."""

    def __init__(self, records: np.ndarray, offsets: Ids, runs: Sequence[Run]) -> None:
        self._records, self._offsets, self._runs = records, offsets, runs

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @staticmethod
    def save(folder: pathlib.Path, passages: Sequence[Passage]) -> None:
        """Writes passages, which must be :func:`ordered`."""
        records = [orjson.dumps(passage) + b"\n" for passage in passages]
        # An empty file cannot be mapped into memory.
        (folder / _RECORDS).write_bytes(b"".join(records) or b"\n")
        np.save(folder / _OFFSETS, np.cumsum([0, *map(len, records)], dtype=np.int64))
        (folder / _RUNS).write_bytes(orjson.dumps(_runs(passages)))

    @classmethod
    def opened(cls, folder: pathlib.Path) -> Catalogue:
        records = np.memmap(folder / _RECORDS, dtype=np.uint8, mode="r")
        runs = [tuple(run) for run in orjson.loads((folder / _RUNS).read_bytes())]
        return cls(records, np.load(folder / _OFFSETS), runs)

    def passage(self, position: int) -> Passage:
        """The passage at a position."""
        begin, end = self._offsets[position], self._offsets[position + 1]
        row = orjson.loads(self._records[begin:end].tobytes())
        return Passage(**{**row, "questions": tuple(row["questions"]), "keywords": tuple(row["keywords"])})

    def ranges(self, domain: str = "", group: str = "") -> list[tuple[int, int]]:
        """Where the passages of a domain and group stand ("" = any): (begin, end), disjoint, joined when adjacent."""
        found: list[tuple[int, int]] = []
        for its_domain, its_group, begin, end in self._runs:
            if domain in ("", its_domain) and group in ("", its_group):
                if found and found[-1][1] == begin:
                    begin = found.pop()[0]
                found.append((begin, end))
        return found


def _runs(passages: Sequence[Passage]) -> list[Run]:
    runs: list[Run] = []
    for (domain, group), members in groupby(passages, key=lambda passage: (passage.domain, passage.group)):
        begin = runs[-1][3] if runs else 0
        runs.append((domain, group, begin, begin + len(list(members))))
    return runs
