"""The trained model: for each domain, the probability that it belongs to a question. Needs no other service."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.category.features import features
from services.category.words import Words

# The order of the model's columns.
DOMAINS = ("drug", "clinic", "emergency_support", "internal_external", "out_of_scope")
DATA = pathlib.Path(__file__).parent / "data"
WORDS_FILE, MODEL_FILE = "words.json", "model.npz"


class Model:
    """A logistic regression for each domain over the features of features.py.

    ``hashes`` are the known features, ascending; ``weights`` has a row for each and a column for each domain.
    """

    def __init__(
        self, words: Words, hashes: NDArray[np.uint32], weights: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> None:
        self._words, self._hashes, self._weights, self._bias = words, hashes, weights, bias

    @classmethod
    def load(cls, folder: pathlib.Path = DATA) -> Model:
        """The model that train.py left in ``folder``."""
        with np.load(folder / MODEL_FILE) as stored:
            weights = stored["weights"].astype(np.float32)
            return cls(load_words(folder), stored["hashes"], weights, stored["bias"])

    def probabilities(self, text: str) -> dict[str, float]:
        """Each domain's probability, 0..1; a question may have several domains, so they add up to 1 or more."""
        hashes, values = features(text, self._words)
        rows, known = places(self._hashes, hashes)
        score = self._bias + values[known] @ self._weights[rows]
        return dict(zip(DOMAINS, together(1 / (1 + np.exp(-score))).tolist(), strict=True))


def together(alone: NDArray[Any]) -> NDArray[Any]:
    """Probabilities that were found domain by domain, given that at least one domain applies and the last excludes all.

    The last axis holds the domains, out of scope last. Without this, a question like no other would be of no domain.
    """
    medical, none = alone[..., :-1], alone[..., -1:]
    nothing = np.prod(1 - medical, axis=-1, keepdims=True)
    total = none * nothing + (1 - none) * (1 - nothing)
    given: NDArray[Any] = np.concatenate([medical * (1 - none), none * nothing], axis=-1) / np.maximum(total, 1e-9)
    return given


def load_words(folder: pathlib.Path) -> Words:
    names: Mapping[str, Sequence[str]] = json.loads((folder / WORDS_FILE).read_bytes())
    return Words(names)


def places(vocabulary: NDArray[np.uint32], hashes: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows of the ``hashes`` that ``vocabulary`` (ascending, not empty) holds, and which of them it holds."""
    rows = np.searchsorted(vocabulary, hashes)
    rows[rows == len(vocabulary)] = 0
    known = vocabulary[rows] == hashes
    return rows[known], known
