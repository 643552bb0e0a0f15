"""A model's text on its way out: cut into sentences, each held to the evidence it cites."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from services.llm.instructions import leaks
from services.llm.provider import Cited
from services.mesh import telemetry
from services.safety.claims import Names, check, prepare
from services.safety.personal_data import mask
from services.safety.sentences import SentenceCutter

_CITATION = re.compile(r"\s?\[(\d{1,3}(?:\s?,\s?\d{1,3})*)\]")
_SPACES = re.compile(r"\s+")
# A heading, a table or a link is no sentence, and images must not be fetched from anywhere.
_MARKUP = re.compile(r"^#{1,6}\s|^\|.*\||```|!\[|<[a-zA-Z/!]|\]\(|https?://(?!\S*\[)")


class Checked:
    """Takes a model's text in pieces and gives back the sentences that may go out.

    ``evidence``: title and text by citation number. ``settled``: verdicts that may be explained and not softened.
    ``said``: sentences that went out before and are not repeated.
    """

    def __init__(
        self, evidence: Mapping[int, str], names: Names, settled: Sequence[str] = (), said: Sequence[str] = ()
    ) -> None:
        self._evidence, self._names, self._settled = evidence, names, tuple(settled)
        self._said = {_folded(sentence) for sentence in said}
        self._cutter = SentenceCutter()
        self.kept = 0  # sentences with a citation that went out
        self._dropped: Counter[str] = Counter()
        prepare(evidence.values(), names)

    def feed(self, piece: str) -> list[Cited]:
        """The sentences that this piece settles and the evidence supports."""
        return self._judged(self._cutter.feed(piece))

    def end(self) -> list[Cited]:
        """What is left when nothing more comes."""
        return self._judged(self._cutter.end())

    @property
    def dropped(self) -> dict[str, int]:
        """How many sentences were dropped, by kind of reason; none of their text."""
        run_ons = {"run_on": self._cutter.dropped} if self._cutter.dropped else {}
        return {**self._dropped, **run_ons}

    def _judged(self, sentences: Sequence[str]) -> list[Cited]:
        return [cited for cited in map(self._one, sentences) if cited]

    def _one(self, sentence: str) -> Cited | None:
        numbers = _numbers(sentence)
        text = _CITATION.sub("", sentence).strip()
        reason = self._refused(text, numbers)
        if reason:
            self._dropped[reason] += 1
            return None
        self._said.add(_folded(text))
        self.kept += bool(numbers)
        return Cited(text, numbers)

    def _refused(self, text: str, numbers: tuple[int, ...]) -> str:
        """Why a sentence does not go out, in one machine word; "" when it may."""
        if not text.strip("-*•·. "):
            return "empty"
        if leaks(text):
            return "instructions"
        if _MARKUP.search(text):
            return "markup"
        if any(number not in self._evidence for number in numbers):
            return "citation"
        if _folded(text) in self._said:
            return "repeated"
        if mask(text).found and not all(part in "".join(self._evidence.values()) for part in _digits(text)):
            return "personal_data"
        return self._unsupported(text, numbers)

    def _unsupported(self, text: str, numbers: tuple[int, ...]) -> str:
        """Why the evidence does not support a sentence. One that cannot be judged is not said, and is reported."""
        try:
            verdict = check(text, [self._evidence[number] for number in numbers], self._names, self._settled)
        except Exception as failure:  # a model may write anything: no text of its own may end an answer
            telemetry.log().error("claim_not_judged", error_type=type(failure).__name__, where=telemetry.where(failure))
            return "not_judged"
        return "" if verdict.kept else verdict.reasons[0].partition(":")[0].strip()


def _numbers(sentence: str) -> tuple[int, ...]:
    found = (int(number) for group in _CITATION.findall(sentence) for number in group.split(","))
    return tuple(dict.fromkeys(found))


def _digits(text: str) -> list[str]:
    return re.findall(r"\d[\d-]{5,}\d", text)


def _folded(text: str) -> str:
    return _SPACES.sub("", _CITATION.sub("", text)).rstrip(".!?")
