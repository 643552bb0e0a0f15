"""Names of medicines in a text, out of a vocabulary that the caller knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_FOLDED = re.compile(r"\s+")
# What looks like a short name and is an everyday word; such a name counts only with a dosage form or bracket after it.
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it stands in a text."""

    name: str
    start: int
    end: int


class Names:
    """A vocabulary of names, e.g. of all products and ingredients. Looking one text up takes about a pass over it.

    A name of two syllables is found at the beginning of a word only; longer ones anywhere.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for name in {_FOLDED.sub("", name).lower() for name in names}:
            if len(name) >= _SHORTEST:
                self._by_head[name[:2]].append(name)
        for named in self._by_head.values():
            named.sort(key=len, reverse=True)

    def found(self, text: str) -> list[Named]:
        """The names in ``text``, the longest where several begin, none inside another."""
        lower, at, found = text.lower(), 0, []
        while at < len(lower) - 1:
            name = next((name for name in self._by_head.get(lower[at : at + 2], ()) if _stands(lower, name, at)), "")
            if name:
                found.append(Named(name, at, at + len(name)))
            at += len(name) or 1
        return found


def _stands(text: str, name: str, at: int) -> bool:
    if not text.startswith(name, at):
        return False
    return len(name) > _SHORTEST or at == 0 or not text[at - 1].isalnum()
