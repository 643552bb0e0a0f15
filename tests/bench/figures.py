"""What was measured: figures, how they are summed up, and the table they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``ratio`` compares with something of the same run, ``aim`` says what is wanted."""

    group: str
    name: str
    value: str
    ratio: str = ""
    aim: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.met is None else "yes" if self.met else "NO"


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that ``share`` of the values do not exceed."""
    found = sorted(values)
    return found[min(len(found) - 1, int(len(found) * share))]


def median(values: Iterable[float]) -> float:
    return percentile(values, 0.5)


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds with a sensible number of digits."""
    ms = seconds * 1000
    return f"{ms:.2f} ms" if ms < 10 else f"{ms:.1f} ms" if ms < 100 else f"{ms:,.0f} ms"


def spread(values: Sequence[float]) -> str:
    """Median and 99th percentile of durations in seconds."""
    return f"p50 {milliseconds(median(values))}, p99 {milliseconds(percentile(values, 0.99))}"


def latency(
    group: str, name: str, seconds: Sequence[float], aim_ms: float | None = None, against: float | None = None
) -> Figure:
    """Durations with an aim for their 99th percentile; ``against`` is the median they are compared with."""
    worst = percentile(seconds, 0.99) * 1000
    return Figure(
        group,
        f"{name} ({len(seconds)} calls)",
        spread(seconds),
        f"{median(seconds) / against:.2f} ×" if against else "",
        f"p99 ≤ {aim_ms:g} ms" if aim_ms else "",
        None if aim_ms is None else worst <= aim_ms,
    )


def markdown(figures: Sequence[Figure]) -> str:
    """The figures as a table."""
    lines = ["| what | absolute | ratio within the run | aim | met |", "|---|---|---|---|---|"]
    group = ""
    for figure in figures:
        if figure.group != group:
            group = figure.group
            lines.append(f"| **{group}** | | | | |")
        lines.append(f"| {figure.name} | {figure.value} | {figure.ratio} | {figure.aim} | {figure.verdict} |")
    return "\n".join(lines)
