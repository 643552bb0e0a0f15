"""Makes data/words.json and data/model.npz from what the repository ships; the same input gives the same files.

Run it after the labelled questions, the passages or the names have changed: ``python -m services.category.train``.
It reads the labelled questions and passages of services/knowledge/data/, names from the domains' exports and the
questions of data/off_topic.txt, and prints how well the model does in cross-validation on the labelled questions.
"""

from __future__ import annotations

import json
import pathlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.category.features import Features, features
from services.category.lexicon import names
from services.category.measures import report
from services.category.model import DATA, DOMAINS, MODEL_FILE, WORDS_FILE, together
from services.category.regression import Floats, Rows, fit, vocabulary_of
from services.category.words import Words
from services.safety.text import compact

SERVICES = pathlib.Path(__file__).parents[1]
# Chosen by cross-validation. A passage's question is labelled with the passage's domain alone: it counts less than a
# labelled one, and what it says against other medical domains counts least.
PENALTY, FOLDS, SEED = 2e-5, 5, 7
OF_PASSAGE, OF_PASSAGE_AGAINST = 0.4, 0.12


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its labels, primary first; ``whole`` when the labels are all that apply."""

    text: str
    labels: tuple[str, ...]
    whole: bool = True


def labelled(services: pathlib.Path = SERVICES) -> list[Example]:
    """The labelled questions."""
    path = services / "knowledge/data/examples/questions.jsonl"
    rows = map(json.loads, path.read_text().splitlines())
    return [Example(row["q"], tuple(row["labels"])) for row in rows]


def helping(services: pathlib.Path = SERVICES) -> Iterator[Example]:
    """Questions and titles of passages, names of symptoms, and what people ask that is no matter of health."""
    for path in sorted((services / "knowledge/data").glob("*/*.jsonl")):
        if path.parent.name in DOMAINS:
            for row in map(json.loads, path.read_text().splitlines()):
                yield from (Example(text, (row["domain"],), False) for text in (*row["questions"], row["title"]))
    symptoms = json.loads((services / "internal_external/data/symptoms.json").read_bytes())
    yield from (Example(row["name"], ("internal_external",), False) for row in symptoms["symptoms"])
    yield from (Example(line, ("out_of_scope",)) for line in (DATA / "off_topic.txt").read_text().splitlines())


def truth(examples: Sequence[Example]) -> Floats:
    """1 where a label applies, examples × domains."""
    return np.array([[domain in example.labels for domain in DOMAINS] for example in examples], np.float64)


def _shares(examples: Sequence[Example], truths: Floats) -> Floats:
    shares = np.ones_like(truths)
    partial = np.array([not example.whole for example in examples])
    shares[partial] = np.where(truths[partial] == 1, OF_PASSAGE, OF_PASSAGE_AGAINST)
    shares[partial, DOMAINS.index("out_of_scope")] = OF_PASSAGE
    return shares


def trained(examples: Sequence[Example], rows: Sequence[Features]) -> tuple[NDArray[np.uint32], Floats, Floats]:
    """Known hashes, weights and bias."""
    vocabulary, truths = vocabulary_of(rows), truth(examples)
    weights, bias = fit(Rows(rows, vocabulary), truths, _shares(examples, truths), PENALTY)
    return vocabulary, weights, bias


def cross_validated(examples: Sequence[Example], others: Sequence[Example], words: Words) -> Floats:
    """Each example's probabilities by a model that has seen neither it nor a helping example of the same words."""
    rows = [features(example.text, words) for example in examples]
    other_rows = [features(example.text, words) for example in others]
    order = random.Random(SEED).sample(range(len(examples)), len(examples))  # noqa: S311
    found = np.zeros((len(examples), len(DOMAINS)))
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        hidden = {compact(examples[at].text) for at in held}
        kept = [at for at in range(len(examples)) if at not in held]
        beside = [at for at, other in enumerate(others) if compact(other.text) not in hidden]
        vocabulary, weights, bias = trained(
            [*(examples[at] for at in kept), *(others[at] for at in beside)],
            [*(rows[at] for at in kept), *(other_rows[at] for at in beside)],
        )
        asked = sorted(held)
        scores = Rows([rows[at] for at in asked], vocabulary).times(weights) + bias
        found[asked] = together(1 / (1 + np.exp(-scores)))
    return found


def main() -> None:
    """Trains, measures, and writes the two files."""
    known = names(SERVICES)
    words, examples, others = Words(known), labelled(), list(helping())
    print(report(cross_validated(examples, others, words), truth(examples)))
    every = [*examples, *others]
    hashes, weights, bias = trained(every, [features(example.text, words) for example in every])
    (DATA / WORDS_FILE).write_text(json.dumps(known, ensure_ascii=False, indent=0) + "\n")
    stored = {"hashes": hashes, "weights": weights.astype(np.float16), "bias": bias.astype(np.float32)}
    np.savez_compressed(DATA / MODEL_FILE, **stored)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
