"""One score out of two: how the words fit and how the closest wording fits.

    score = 0.7 * min(1, bm25 / s) + 0.3 * max(0, cosine)

``bm25`` is the passage's BM25 sum over the query's words, ``s`` the sum of idf of the query's four rarest words, which
is what a passage would reach that says each of them over and over. A long story has more words than any passage on its
topic, so words beyond four do not count against the passage. ``cosine`` is that of the passage's closest question,
title, keywords or text, beyond the index's background (``embedding.background``). Both are between 0 and 1 whatever the
query, so the score is comparable between queries. Without a vector of the query its words are the whole score.

The weights were chosen by holding one question of every passage out of the index and asking it: the held-out question
found its own passage first most often with 0.2 to 0.3 for the cosine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WORDS, WORDING = 0.7, 0.3
_TELLING = 4

Scores = NDArray[np.floating]


def fused(bm25: Scores, cosine: Scores | None, idf: Scores) -> Scores:
    """The passages' scores, 0..1. ``idf`` is that of every word of the query, known or not."""
    ideal = float(np.sort(idf)[-_TELLING:].sum())
    fit = np.minimum(1.0, bm25 / ideal) if ideal > 0 else np.zeros(len(bm25))
    if cosine is None:
        return fit
    scores: Scores = WORDS * fit + WORDING * np.clip(cosine, 0.0, 1.0)
    return scores
