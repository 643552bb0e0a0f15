"""Names of medicines in a text, out of a vocabulary that the caller knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_FOLDED = re.compile(r"\s+")
_SALT = re.compile(
    r"(?:염산|말레산|타르타르산|메실산|베실산|숙신산|푸마르산|황산|인산|질산|아세트산|초산|브롬화수소산|시트르산)?(?:염|수화물|나트륨|칼륨)+$"
)
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it stands in a text."""

    name: str
    start: int
    end: int


class Names:
    """A vocabulary of names, e.g. of all products and ingredients. Looking one text up takes about a pass over it.

    A name of two syllables is found at the beginning of a word only; longer ones anywhere. A salt is known by
    its base too.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = defaultdict(list)
        whole = {_FOLDED.sub("", name).lower() for name in names}
        for name in whole | {stem for name in whole if len(stem := _SALT.sub("", name)) > _SHORTEST}:
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
