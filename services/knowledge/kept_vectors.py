"""Vectors that need not be made again: of texts that the index before had, and of a build that was interrupted."""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from services.knowledge.analysis import Analysed
from services.knowledge.embedding import Embedder, Matrix

KEYS, VECTORS = "keys.npy", "vectors.npy"
_JOURNAL = ".vectors"
_KEY_BYTES, _WIDTH_BYTES, _NUMBER_BYTES = 16, 8, 4
# Two answers of one model to one text are closer than this.
_SAME = 0.99


class _Row(NamedTuple):
    matrix: Matrix
    row: int

    def vector(self) -> Matrix:
        found: Matrix = self.matrix[self.row].astype(np.float32)
        return found


def key(text: str) -> bytes:
    """Stands for a text."""
    return hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).digest()


def save_keys(folder: pathlib.Path, texts: Iterable[str]) -> None:
    """Notes of which texts the vectors saved in ``folder`` are, row by row."""
    np.save(folder / KEYS, np.frombuffer(b"".join(map(key, texts)), dtype=f"V{_KEY_BYTES}"))


class KeptVectors:
    """An embedder that asks another one only for texts whose vectors it does not have.

    New vectors go to a journal in ``root`` at once, so that a build that ends early goes on where it stopped.
    ``earlier`` are folders of saved vectors of the same embedder.
    """

    def __init__(self, embedder: Embedder, root: pathlib.Path, earlier: Iterable[pathlib.Path] = ()) -> None:
        self.name, self._embedder = embedder.name, embedder
        self._journal = root / f"{key(embedder.name).hex()}{_JOURNAL}"
        self._known: dict[bytes, _Row] = {}
        for folder in earlier:
            self._learn_saved(folder)
        self._learn_journal()
        self._proven = not self._known

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[Analysed]) -> Matrix:
        """One row a text; an empty text has the zero vector."""
        keys = [key(text.text) for text in texts]
        if not self._proven:
            self._prove(texts, keys)
        missing = {at: text for at, text in zip(keys, texts, strict=True) if text.text and at not in self._known}
        if missing:
            self._add(list(missing), self._embedder.embed(list(missing.values())))
        matrix = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for place, at in enumerate(keys):
            if at in self._known:
                matrix[place] = self._known[at].vector()
        return matrix

    def _prove(self, texts: Sequence[Analysed], keys: Sequence[bytes]) -> None:
        """Asks for one vector that is known: another answer means another model under the same name."""
        asked = next((pair for pair in zip(keys, texts, strict=True) if pair[1].text and pair[0] in self._known), None)
        if asked is None:
            return
        at, text = asked
        (now,), before = self._embedder.embed([text]), self._known[at].vector()
        if now.shape != before.shape or float(now @ before) < _SAME:
            self._known.clear()
            self._journal.unlink(missing_ok=True)
        self._proven = True

    def _add(self, keys: list[bytes], matrix: Matrix) -> None:
        if self._known and next(iter(self._known.values())).matrix.shape[1] != matrix.shape[1]:
            self._known.clear()
            self._journal.unlink(missing_ok=True)
        self._known.update((at, _Row(matrix, row)) for row, at in enumerate(keys))
        with self._journal.open("ab") as journal:
            if not journal.tell():
                journal.write(matrix.shape[1].to_bytes(_WIDTH_BYTES, "little"))
            journal.write(b"".join(at + vector.tobytes() for at, vector in zip(keys, matrix, strict=True)))

    def _learn_saved(self, folder: pathlib.Path) -> None:
        if (folder / KEYS).exists():
            matrix = np.load(folder / VECTORS, mmap_mode="r")
            keys = np.load(folder / KEYS)
            self._known.update((at.tobytes(), _Row(matrix, row)) for row, at in enumerate(keys))

    def _learn_journal(self) -> None:
        """Reads the journal; the record that was being written when the build ended is cut off."""
        if not self._journal.exists():
            return
        data = self._journal.read_bytes()
        width = int.from_bytes(data[:_WIDTH_BYTES], "little")
        record = np.dtype([("key", f"V{_KEY_BYTES}"), ("vector", "<f4", (width,))])
        whole = max(0, len(data) - _WIDTH_BYTES) // record.itemsize
        with self._journal.open("r+b") as journal:
            journal.truncate(_WIDTH_BYTES + whole * record.itemsize if width else 0)
        records = np.frombuffer(data, dtype=record, count=whole, offset=_WIDTH_BYTES) if width and whole else ()
        if len(records):
            rows = np.ascontiguousarray(records["vector"])  # type: ignore[call-overload]
            keys = records["key"]  # type: ignore[call-overload]
            self._known.update((at.tobytes(), _Row(rows, row)) for row, at in enumerate(keys))


def forget_journals(root: pathlib.Path) -> None:
    """Removes the journals of builds: what a finished index holds needs none."""
    for left in root.glob(f"*{_JOURNAL}"):
        left.unlink()
