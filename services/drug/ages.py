"""Age limits as the rules print them: "12세 미만", "6개월 이하", "65세 이상"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LIMIT = re.compile(r"(?:생후\s*)?(\d+)\s*(세|살|개월|일|주)\s*(미만|이하|이상|초과)")
_MONTHS = 12
_DAYS_A_MONTH = 30.4
ELDERLY_MONTHS = 65 * _MONTHS
# From this age on labels give the doses of adults.
ADULT_DOSE_MONTHS = 12 * _MONTHS


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """Ages a rule speaks of, in months: from ``lowest`` up to but without ``below``; None means open."""

    lowest: float | None = None
    below: float | None = None

    def covers(self, age_months: int) -> bool:
        """True when a person of that many completed months is meant."""
        return (self.lowest is None or age_months >= self.lowest) and (self.below is None or age_months < self.below)


def parse_age_limit(text: str) -> AgeLimit | None:
    """The limit a text names, or None when it names none. "12세 이하" ends at the thirteenth birthday."""
    lowest: float | None = None
    below: float | None = None
    for number, unit, word in _LIMIT.findall(text):
        months, step = _months(int(number), unit), _months(1, unit)
        if word in ("이상", "초과"):
            lowest = months + (step if word == "초과" else 0)
        else:
            below = months + (step if word == "이하" else 0)
    return None if lowest is None and below is None else AgeLimit(lowest, below)


def _months(number: int, unit: str) -> float:
    if unit in ("세", "살"):
        return float(number * _MONTHS)
    if unit == "개월":
        return float(number)
    return number * (7 if unit == "주" else 1) / _DAYS_A_MONTH
