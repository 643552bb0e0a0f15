"""Vectors of texts: the built-in lexical ones, or a sentence-transformers model when one is configured."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.knowledge.analysis import Analysed
from services.knowledge.lexical_vectors import LexicalVectors

Matrix = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors of length 1, so that an inner product is a cosine."""

    name: str

    def embed(self, texts: Sequence[Analysed]) -> Matrix:
        """One row a text; a text without features has the zero vector."""

    def save(self, folder: pathlib.Path) -> None:
        """Writes what :func:`opened` needs to make the same embedder again."""


def name_of(model: str | None) -> str:
    """The name of the embedder that ``model`` (a sentence-transformers name or folder, or None) stands for."""
    return f"sentence-transformers:{model}" if model else LexicalVectors.name


def fitted(model: str | None, texts: Sequence[Analysed]) -> Embedder:
    """An embedder for a corpus; only the lexical one learns from it."""
    return _transformer(model) if model else LexicalVectors.fitted(texts)


def opened(model: str | None, folder: pathlib.Path) -> Embedder:
    """The embedder of a saved index."""
    return _transformer(model) if model else LexicalVectors.opened(folder)


@lru_cache(maxsize=1)
def _transformer(model: str) -> Embedder:
    from services.knowledge.sentence_transformer import SentenceTransformerVectors

    return SentenceTransformerVectors(model)
