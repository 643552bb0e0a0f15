"""Vectors from a sentence-transformers model; needs the extra ``embeddings``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from services.knowledge.analysis import Analysed

_BATCH = 64
_WARMING = Analysed("화상은 흐르는 찬물에 식히세요.", ())
# What is raised for a model that is not there or cannot be read, or when the extra is not installed.
MISSING = (ImportError, OSError, ValueError, RuntimeError)


def prepare() -> None:
    """Loads the library, which holds the interpreter for seconds: call it before anybody is served."""
    with suppress(ImportError):  # the extra is not installed: whoever makes a model is told
        import_module("sentence_transformers")


class SentenceTransformerVectors:
    """A model named or kept in a folder, loaded when made. Raises one of ``MISSING``."""

    def __init__(self, model: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = f"sentence-transformers:{model}"
        self._model = SentenceTransformer(model)
        self.dimensions = self._model.get_embedding_dimension() or 0
        self.embed([_WARMING])  # the first one takes much longer

    def embed(self, texts: Sequence[Analysed]) -> NDArray[np.float32]:
        """One unit vector a text."""
        found = self._model.encode(
            [text.text for text in texts], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32).reshape(len(texts), self.dimensions)
