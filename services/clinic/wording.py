"""Finds known names in a question, whatever its spacing: "강남 역", "부산서면쪽", "서울대 병원"."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from services.safety.text import normalised


@dataclass(frozen=True, slots=True)
class Found:
    """A name, where it stands in the text without blanks, and whether it was written in one piece."""

    name: str
    begin: int
    end: int
    whole: bool


class Wording:
    """A question without blanks, in lower case, that still knows where its words began."""

    def __init__(self, text: str) -> None:
        self.text = normalised(text)
        words = self.text.lower().split()
        self.solid = "".join(words)
        starts, at = set(), 0
        for word in words:
            starts.add(at)
            at += len(word)
        self._starts = frozenset(starts)

    def named(
        self, names: Container[str], longest: int, ends: Callable[[str, bool], bool], shortest: int = 2
    ) -> Iterator[Found]:
        """The longest known names that begin where a word does, or right after another name.

        ``ends(rest, at_word_end)`` says whether a name may end where ``rest`` follows.
        """
        at = 0
        while at < len(self.solid):
            found = self._at(at, names, longest, shortest, ends)
            if found:
                yield found
            at = found.end if found else self._next_word(at)

    def _at(
        self, at: int, names: Container[str], longest: int, shortest: int, ends: Callable[[str, bool], bool]
    ) -> Found | None:
        for end in range(min(at + longest, len(self.solid)), at + shortest - 1, -1):
            if self.solid[at:end] in names and ends(self.solid[end:], self._ends(end)):
                return Found(self.solid[at:end], at, end, not self._starts & set(range(at + 1, end)))
        return None

    def _ends(self, at: int) -> bool:
        return at == len(self.solid) or at in self._starts or not self.solid[at].isalnum()

    def _next_word(self, at: int) -> int:
        """Where the next word begins; a bracket, quote or comma before a word belongs to neither."""
        for index in range(at + 1, len(self.solid)):
            if index in self._starts or not self.solid[index - 1].isalnum():
                return index
        return len(self.solid)
