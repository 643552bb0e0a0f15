"""Vectors of texts: what an embedder is, and which one a deployment wants.

An embedder's name goes into the index and its version: vectors of two embedders cannot be compared. The names are
``lexical-jamo-…`` (built in), ``sentence-transformers:MODEL`` and ``endpoint:MODEL@HOST``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from services.knowledge.analysis import Analysed
from services.knowledge.lexical_vectors import LexicalVectors
from services.llm.choice import targets
from services.llm.failure import Kind, ModelFailed
from services.llm.providers import Role
from services.mesh.settings import Settings

LEXICAL = LexicalVectors.name
TRANSFORMER, ENDPOINT = "sentence-transformers:", "endpoint:"

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]
# Asks an endpoint for the vectors of texts; raises ModelFailed.
Ask = Callable[[Sequence[str]], Awaitable[list[list[float]]]]


class Embedder(Protocol):
    """Turns texts into vectors of length 1, so that an inner product is a cosine."""

    name: str

    @property
    def dimensions(self) -> int:
        """Of its vectors; 0 while they are not known."""

    def embed(self, texts: Sequence[Analysed]) -> Matrix:
        """One row a text; a text without features has the zero vector."""


def wanted(settings: Settings) -> str:
    """The name of the embedder this deployment asks for: its endpoint, else its model, else the built-in one."""
    chain = targets(Role.EMBEDDING, settings)
    if chain:
        return f"{ENDPOINT}{chain[0].model}@{chain[0].host}"
    return f"{TRANSFORMER}{settings.embedding_model}" if settings.embedding_model else LEXICAL


def unit(rows: ArrayLike) -> Matrix:
    """An endpoint's vectors with length 1. Raises :class:`ModelFailed` for what are no vectors of one width."""
    try:
        matrix = np.asarray(rows, dtype=np.float32)
    except ValueError:
        raise ModelFailed(Kind.MALFORMED) from None
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise ModelFailed(Kind.MALFORMED)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    found: Matrix = np.divide(matrix, lengths, out=np.zeros_like(matrix), where=lengths > 0)
    return found


def background(matrix: Matrix) -> float:
    """The mean cosine between two different rows: what a model gives texts that have nothing in common but the corpus.

    Models differ much in it: some give everything 0.6. The mean over all pairs is (|sum of rows|² - n) / (n (n - 1)).
    """
    rows = int(np.count_nonzero(matrix.any(axis=1)))
    if rows < 2:
        return 0.0
    total = matrix.sum(axis=0, dtype=np.float64)
    return max(0.0, float(total @ total - rows) / (rows * (rows - 1)))
