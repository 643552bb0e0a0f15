"""Numbers and addresses that stand for one person: the table data/personal_data.toml, and what no pattern can tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "personal_data.toml"
_NAME = re.compile(r"\{([a-z]+)\}")
_ABOUT_CARDS = re.compile(r"카드|결제|card|신용|체크", re.IGNORECASE)
_ABOUT_CARS = re.compile(r"차\s?번호|번호판|주차|(?:제|내|우리)\s?차|차량|트럭|택시")
# Syllables of number plates that count nothing: "32주 1800" is a pregnancy, "12가3456" a car.
_ONLY_ON_PLATES = frozenset("가거너더러머버저노소누두루바허배")


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of personal data, where to look, and whether a match really is one."""

    kind: str
    pattern: re.Pattern[str]
    really: Callable[[re.Match[str]], bool]


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order they are applied."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(
        Rule(entry["kind"], _pattern(entry["pattern"], table["words"]), _CHECKS[entry.get("check", "")])
        for entry in table["rule"]
    )


def _pattern(text: str, words: dict[str, str]) -> re.Pattern[str]:
    while _NAME.search(text):
        text = _NAME.sub(lambda name: words[name.group(1)], text)
    return re.compile(text, re.IGNORECASE)


def _around(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 20) : match.end() + 20]


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match["x"])


def _has_birthday(match: re.Match[str]) -> bool:
    """Whether the six digits a resident number begins with are a date."""
    digits = _digits(match)
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31


def _is_card(match: re.Match[str]) -> bool:
    """Groups of digits with blanks may be laboratory values: they need the check digit or a word about cards."""
    if re.search(r"[\-‐‑–—.]", match["x"]) or _ABOUT_CARDS.search(_around(match)):
        return True
    return not re.fullmatch(r"(?:\d{2,3}0\s?)+", match["x"]) and _checked([int(digit) for digit in _digits(match)])


def _checked(digits: list[int]) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1, annex B)."""
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_plate(match: re.Match[str]) -> bool:
    only = match["use"] in _ONLY_ON_PLATES and " " not in match["x"]
    return only or _ABOUT_CARS.search(_around(match)) is not None


def _is_licence(match: re.Match[str]) -> bool:
    return not match["x"].isdigit() or "면허" in _around(match)


def _is_long(match: re.Match[str]) -> bool:
    return len(_digits(match)) >= 10


_CHECKS: dict[str, Callable[[re.Match[str]], bool]] = {
    "": lambda _: True,
    "birthday": _has_birthday,
    "card": _is_card,
    "licence": _is_licence,
    "plate": _is_plate,
    "spoken": lambda match: not match["x"].isdigit(),
    "long": _is_long,
    "account": lambda match: _is_long(match) and "계좌" in _around(match),
    "four_digits": lambda match: len(_digits(match)) >= 4,
}
