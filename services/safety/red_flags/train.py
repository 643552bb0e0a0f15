"""Makes the weights of the second reader: python -m services.safety.red_flags.train [--check].

Logistic regression by AdaGrad, in a fixed order from a fixed seed. Emergencies and look-alikes are the examples in
data/red_flags/examples/; questions of other domains join the look-alikes. ``--check`` prints five-fold scores instead.
"""

from __future__ import annotations

import json
import math
import pathlib
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from services.safety.red_flags.assess import signs_by_rule
from services.safety.red_flags.lexicon import DATA
from services.safety.red_flags.likeness import THRESHOLD, WEIGHTS, features, score
from services.safety.red_flags.scope import read

KNOWLEDGE = pathlib.Path(__file__).parents[2] / "knowledge" / "data"
ROUNDS, RATE, DECAY = 12, 0.4, 2e-4
# An emergency that is missed costs more than a false alarm.
WEIGHT_OF_EMERGENCY = 3.0
SMALLEST = 0.05

Example = tuple[set[str], int]


def examples() -> list[str]:
    """The emergencies, one a line behind their kind."""
    lines = (DATA / "examples" / "emergencies.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" | ", 1)[1] for line in lines]


def lookalikes() -> list[str]:
    return (DATA / "examples" / "lookalikes.txt").read_text(encoding="utf-8").splitlines()


def other_questions() -> Iterator[str]:
    """Questions on medicines, places and departments that no rule takes for an emergency."""
    for line in (KNOWLEDGE / "examples" / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "emergency_support" not in row["labels"] and not signs_by_rule(row["q"]):
            yield row["q"]
    for path in sorted(KNOWLEDGE.glob("*/*.jsonl")):
        if path.parent.name in ("examples", "emergency_support"):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from (question for question in json.loads(line)["questions"] if not signs_by_rule(question))


def fitted(rows: Sequence[Example]) -> dict[str, float]:
    """Weights by feature, the bias under ""."""
    seen = Counter(feature for found, _ in rows for feature in found)
    table = {feature: 0.0 for feature, count in seen.items() if count > 1}
    known = [([feature for feature in sorted(found) if feature in table], label) for found, label in rows]
    squares, bias, order = dict.fromkeys(table, 1e-8), 0.0, list(range(len(rows)))
    shuffle = random.Random(0).shuffle  # noqa: S311 - an order, not a secret
    for _ in range(ROUNDS):
        shuffle(order)
        for row in order:
            bias -= 0.02 * _learned(known[row], table, squares, bias)
    return table | {"": bias}


def _learned(row: tuple[list[str], int], table: dict[str, float], squares: dict[str, float], bias: float) -> float:
    found, label = row
    scale = 1 / math.sqrt(len(found) or 1)
    margin = bias + scale * sum(table[feature] for feature in found)
    error = (1 / (1 + math.exp(-margin)) - label) * (WEIGHT_OF_EMERGENCY if label else 1.0)
    for feature in found:
        slope = error * scale + DECAY * table[feature]
        squares[feature] += slope * slope
        table[feature] -= RATE * slope / math.sqrt(squares[feature])
    return error


def labelled() -> list[Example]:
    told = [(text, 1) for text in examples()] + [(text, 0) for text in [*lookalikes(), *other_questions()]]
    return [(features(read(text)), label) for text, label in told]


def check(rows: Sequence[Example]) -> None:
    """Prints recall and false alarms of the second reader alone, each fold scored by weights that never saw it."""
    caught: Counter[tuple[int, bool]] = Counter()
    for fold in range(5):
        table = fitted([row for i, row in enumerate(rows) if i % 5 != fold])
        for found, label in rows[fold::5]:
            caught[label, score(found, table) > THRESHOLD] += 1
    for label, name in ((1, "emergencies seen"), (0, "false alarms")):
        print(f"{name}: {caught[label, True]} of {caught[label, True] + caught[label, False]}")


def main() -> None:
    rows = labelled()
    if "--check" in sys.argv:
        check(rows)
        return
    table = {feature: weight for feature, weight in fitted(rows).items() if abs(weight) >= SMALLEST or not feature}
    lines = [f"{feature}\t{round(weight * 1000)}" for feature, weight in sorted(table.items())]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
