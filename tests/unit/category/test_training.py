"""Training: the regression finds what there is to find, measures are what they say, the shipped names are current."""

import json

import numpy as np
import pytest

from services.category.lexicon import names
from services.category.measures import calibration_error, named_of
from services.category.model import DATA, WORDS_FILE
from services.category.regression import Rows, fit, vocabulary_of
from services.category.train import SERVICES, Example, helping, labelled, truth


def row(*hashes):
    return np.array(hashes, np.uint32), np.ones(len(hashes), np.float32)


def test_vocabulary_leaves_out_what_occurs_once():
    assert vocabulary_of([row(1, 2), row(2, 3), row(3, 9)]).tolist() == [2, 3]


def test_fit_separates_what_is_separable():
    data = [row(1), row(1, 3), row(2), row(2, 3)]
    labels = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    rows = Rows(data, np.array([1, 2, 3], np.uint32))
    weights, bias = fit(rows, labels, np.ones_like(labels), 1e-3)
    assert ((rows.times(weights) + bias > 0) == labels).all()
    assert abs(weights[2]).max() < abs(weights[0]).min()


def test_fit_is_at_a_minimum():
    data = [row(1), row(1, 2), row(2), row()]
    labels, shares = np.array([[1.0], [0.0], [0.0], [1.0]]), np.array([[1.0], [2.0], [1.0], [1.0]])
    rows = Rows(data, np.array([1, 2], np.uint32))
    weights, bias = fit(rows, labels, shares, 0.1)
    error = shares * (1 / (1 + np.exp(-(rows.times(weights) + bias))) - labels) / shares.sum()
    assert rows.transposed_times(error) + 0.1 * weights == pytest.approx(np.zeros((2, 1)), abs=2e-3)


def test_a_share_of_nothing_counts_nothing():
    labels = np.array([[1.0], [0.0]])
    rows = Rows([row(1), row(1)], np.array([1], np.uint32))
    _, bias = fit(rows, labels, np.array([[1.0], [0.0]]), 1e-2)
    assert bias[0] > 0


def test_calibration_error():
    assert calibration_error(np.array([0.9, 0.9]), np.array([1.0, 1.0])) == pytest.approx(0.1)
    assert calibration_error(np.array([0.5, 0.5]), np.array([1.0, 0.0])) == pytest.approx(0)


def test_named_is_what_ranking_names():
    found = np.array([[0.9, 0.5, 0.1, 0.1, 0.45], [0.5, 0.1, 0.1, 0.1, 0.6], [0.1, 0.2, 0.1, 0.1, 0.1]])
    assert named_of(found).tolist() == [[1, 1, 0, 0, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0]]


def test_truth():
    assert truth([Example("가", ("clinic", "drug"))]).tolist() == [[1, 1, 0, 0, 0]]


def test_training_questions_have_known_labels():
    every = [*labelled(), *helping()]
    assert len(every) > 4000
    assert truth(every).sum(axis=1).min() >= 1


def test_brands_and_base_ingredients_are_among_the_names():
    found = names(SERVICES)
    assert {"타이레놀", "아세트아미노펜", "혈압약"} <= set(found["medicine"])
    assert {"이비인후과", "정신과"} <= set(found["department"])
    assert "건강" not in found["medicine"]


def test_shipped_names_have_every_kind():
    assert set(json.loads((DATA / WORDS_FILE).read_bytes())) == set(names(SERVICES))
