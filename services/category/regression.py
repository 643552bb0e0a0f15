"""Logistic regression over sparse rows, one regression per domain, fitted by L-BFGS; for training only.

L-BFGS after Nocedal and Wright, "Numerical Optimization", 2nd ed., algorithm 7.4, with a backtracking line search.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from services.category.features import Features
from services.category.model import places

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]
_MEMORY, _STEPS, _ENOUGH = 8, 80, 1e-6


class Rows:
    """Sparse rows over a vocabulary of feature hashes; features it does not hold are left out."""

    def __init__(self, rows: Sequence[Features], vocabulary: NDArray[np.uint32]) -> None:
        found = [places(vocabulary, hashes) for hashes, _ in rows]
        self.count, self.width = len(rows), len(vocabulary)
        self._column = np.concatenate([column for column, _ in found])
        kept = [values[known] for (_, values), (_, known) in zip(rows, found, strict=True)]
        self._value = np.concatenate(kept).astype(np.float64)
        self._row = np.repeat(np.arange(self.count), [len(values) for values in kept])

    def times(self, weights: Floats) -> Floats:
        """Rows × weights."""
        return _columns(np.bincount(self._row, self._value * w[self._column], self.count) for w in weights.T)

    def transposed_times(self, errors: Floats) -> Floats:
        """Transposed rows × errors."""
        return _columns(np.bincount(self._column, self._value * e[self._row], self.width) for e in errors.T)


def _columns(columns: object) -> Floats:
    return np.stack(list(columns), axis=1)  # type: ignore[call-overload]


def vocabulary_of(rows: Sequence[Features], least: int = 2) -> NDArray[np.uint32]:
    """Hashes that occur in at least ``least`` rows, ascending."""
    hashes, counts = np.unique(np.concatenate([row for row, _ in rows]), return_counts=True)
    return hashes[counts >= least]


def fit(rows: Rows, labels: Floats, shares: Floats, penalty: float) -> tuple[Floats, Floats]:
    """Weights (features × domains) and bias (domains).

    ``labels`` holds 0 and 1, ``shares`` how much each label counts, both rows × domains; ``penalty`` is that of the
    squared weights beside the mean loss.
    """
    domains, total = labels.shape[1], shares.sum() / labels.shape[1]

    def objective(point: Floats) -> tuple[float, Floats]:
        weights, bias = point[:-domains].reshape(rows.width, domains), point[-domains:]
        score = rows.times(weights) + bias
        loss = (shares * (np.logaddexp(0, score) - labels * score)).sum() / total
        error = shares * (1 / (1 + np.exp(-score)) - labels) / total
        slope = rows.transposed_times(error) + penalty * weights
        return float(loss + penalty / 2 * (weights**2).sum()), np.concatenate([slope.ravel(), error.sum(axis=0)])

    point = _minimum(objective, np.zeros((rows.width + 1) * domains))
    return point[:-domains].reshape(rows.width, domains), point[-domains:]


def _minimum(objective: Objective, point: Floats) -> Floats:
    value, slope = objective(point)
    past: deque[tuple[Floats, Floats]] = deque(maxlen=_MEMORY)
    for _ in range(_STEPS):
        before = value
        step = _direction(slope, past)
        moved, value, turned = _search(objective, point, value, slope, step)
        change, turn = moved - point, turned - slope
        if change @ turn > 0:
            past.append((change, turn))
        point, slope = moved, turned
        if before - value < _ENOUGH * abs(before):
            break
    return point


def _direction(slope: Floats, past: deque[tuple[Floats, Floats]]) -> Floats:
    """The descent direction of L-BFGS' two loops."""
    step, taken = slope.copy(), []
    for change, turn in reversed(past):
        taken.append(change @ step / (turn @ change))
        step -= taken[-1] * turn
    if past:
        change, turn = past[-1]
        step *= (change @ turn) / (turn @ turn)
    for (change, turn), amount in zip(past, reversed(taken), strict=True):
        step += change * (amount - turn @ step / (turn @ change))
    return -step


def _search(
    objective: Objective, point: Floats, value: float, slope: Floats, step: Floats
) -> tuple[Floats, float, Floats]:
    """The first of 1, 1/2, 1/4 … of ``step`` that lowers the objective enough (Armijo)."""
    length, downhill = 1.0, float(slope @ step)
    while True:
        moved = point + length * step
        found, turned = objective(moved)
        if found <= value + 1e-4 * length * downhill or length < 1e-6:
            return moved, found, turned
        length /= 2
