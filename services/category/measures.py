"""How good probabilities of domains are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.category.ranking import WORTH_NAMING

Floats = NDArray[np.float64]


def report(found: Floats, truth: Floats) -> str:
    """One line: accepted accuracy, precision and recall of the named domains, calibration errors.

    Both arrays are questions × domains; the last domain is out of scope.
    """
    best = found.argmax(axis=1)
    named = named_of(found)
    right = (named * truth).sum()
    top = np.arange(len(found)), best
    return (
        f"accepted {truth[top].mean():.4f}  precision {right / named.sum():.4f}  recall {right / truth.sum():.4f}  "
        f"ECE {calibration_error(found.ravel(), truth.ravel()):.4f}  "
        f"ECE of the best {calibration_error(found[top], truth[top]):.4f}"
    )


def named_of(found: Floats) -> Floats:
    """1 where a domain is named: the best, and of the medical ones those likely enough beside it."""
    best = found.argmax(axis=1)
    named = (found >= WORTH_NAMING).astype(np.float64)
    named[best == found.shape[1] - 1] = 0
    named[:, -1] = 0
    named[np.arange(len(found)), best] = 1
    return named


def calibration_error(confidence: Floats, right: Floats, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and frequency over equal bins, weighted by count."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(places, confidence - right, bins)
    return float(np.abs(gaps).sum() / len(confidence))
