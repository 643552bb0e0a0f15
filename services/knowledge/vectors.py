"""A collection of vectors in which every owner (a passage, an example) has a run of rows, searched with FAISS."""

from __future__ import annotations

import pathlib
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from services.knowledge.embedding import Matrix

# Numbers of vectors x dimensions that are compared one by one; beyond that, cells are searched (IVF).
FLAT_LIMIT = 20_000 * 1024
_PROBES = 24
_TRAINED_PER_CELL = 40

faiss.omp_set_num_threads(1)

Ids = NDArray[np.int64]


class Vectors:
    """Unit vectors, ordered by owner. ``offsets[i]:offsets[i + 1]`` are the rows of owner i."""

    def __init__(self, matrix: NDArray[np.floating], offsets: Ids, index: Any) -> None:
        self._matrix, self._offsets, self._index = matrix, offsets, index

    @property
    def dimensions(self) -> int:
        return int(self._matrix.shape[1])

    @classmethod
    def built(cls, matrix: Matrix, counts: Ids) -> Vectors:
        """Vectors of which the first ``counts[0]`` belong to owner 0, the next ``counts[1]`` to owner 1, and so on."""
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        if matrix.size > FLAT_LIMIT:
            return cls(matrix.astype(np.float16), offsets, _cells(matrix))
        return cls(matrix, offsets, _flat(matrix))

    @classmethod
    def opened(cls, folder: pathlib.Path) -> Vectors:
        """The vectors saved in ``folder``; the exact ones stay on disk until they are looked at."""
        matrix = np.load(folder / "vectors.npy", mmap_mode="r")
        cells = folder / "cells.faiss"
        index = faiss.read_index(str(cells)) if cells.exists() else _flat(matrix)
        return cls(matrix, np.load(folder / "offsets.npy"), index)

    def save(self, folder: pathlib.Path) -> None:
        folder.mkdir()
        np.save(folder / "vectors.npy", self._matrix)
        np.save(folder / "offsets.npy", self._offsets)
        if isinstance(self._index, faiss.IndexIVF):
            faiss.write_index(self._index, str(folder / "cells.faiss"))

    def nearest(self, query: NDArray[np.float32], count: int, begin: int, end: int) -> tuple[Ids, NDArray[np.float32]]:
        """Up to ``count`` rows among owners ``begin``..``end`` (exclusive) as (their owners, cosines), closest first.

        An owner occurs as often as it has rows among them.
        """
        first, last = int(self._offsets[begin]), int(self._offsets[end])
        if first == last:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        cosines, rows = self._index.search(query[None, :], min(count, last - first), params=self._within(first, last))
        found = rows[0] >= 0
        return np.searchsorted(self._offsets, rows[0][found], side="right") - 1, cosines[0][found]

    def cosines(self, query: NDArray[np.float32], owners: Ids) -> NDArray[np.float32]:
        """For each owner the highest cosine of its rows; 0 for an owner without rows."""
        begins, ends = self._offsets[owners], self._offsets[owners + 1]
        lengths = ends - begins
        best = np.zeros(len(owners), dtype=np.float32)
        held = np.flatnonzero(lengths)
        if held.size:
            rows = np.concatenate([np.arange(begins[place], ends[place]) for place in held])
            starts = np.concatenate(([0], np.cumsum(lengths[held])[:-1]))
            best[held] = np.maximum.reduceat(self._matrix[rows].astype(np.float32) @ query, starts)
        return best

    def _within(self, first: int, last: int) -> Any:
        # The selector must outlive the call, and FAISS keeps no reference: the parameters do.
        selector = faiss.IDSelectorRange(first, last)
        parameters: Any = faiss
        if isinstance(self._index, faiss.IndexIVF):
            return parameters.SearchParametersIVF(sel=selector, nprobe=_PROBES)
        return parameters.SearchParameters(sel=selector)


def _flat(matrix: Matrix) -> Any:
    index = faiss.IndexFlatIP(matrix.shape[1])
    index.add(np.ascontiguousarray(matrix))
    return index


def _cells(matrix: Matrix) -> Any:
    """About sqrt(n) cells; vectors in a byte a dimension, a quarter of the memory. Exact cosines are taken later."""
    count, dimensions = matrix.shape
    cells = int(np.sqrt(count))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimensions), dimensions, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter = 8
    sample = np.random.default_rng(0).choice(count, min(count, cells * _TRAINED_PER_CELL), replace=False)
    index.train(matrix[np.sort(sample)])
    index.add(matrix)
    return index
