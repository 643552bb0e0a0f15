"""Words that stay whole: the passages' own keywords, among them brand names no general dictionary knows.

They are found beside the morphological analysis instead of inside it (a user dictionary): the analysis of a text then
never depends on the corpus, so it can be kept when the corpus changes, and an index swaps in without a second analyser.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

_HANGUL = re.compile(r"[가-힣]+")
_SHORTEST, _LONGEST = 2, 12


class Lexicon:
    """Finds known words at the beginnings of the blank-separated words of a text, longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(word for word in words if _SHORTEST <= len(word) <= _LONGEST and _HANGUL.fullmatch(word))
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self.words:
            lengths[word[:_SHORTEST]].add(len(word))
        self._lengths = {begin: sorted(found, reverse=True) for begin, found in lengths.items()}

    @classmethod
    def of_keywords(cls, keywords: Iterable[str]) -> Lexicon:
        """The lexicon of some keywords; a keyword of several words gives each of them."""
        return cls(word for keyword in keywords for word in keyword.split())

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where known words stand, as (begin, end), in order; one may follow another directly."""
        found = []
        for run in _HANGUL.finditer(text):
            begin = run.start()
            while end := self._end(text, begin, run.end()):
                found.append((begin, end))
                begin = end
        return found

    def _end(self, text: str, begin: int, limit: int) -> int:
        for length in self._lengths.get(text[begin : begin + _SHORTEST], ()):
            if begin + length <= limit and text[begin : begin + length] in self.words:
                return begin + length
        return 0
