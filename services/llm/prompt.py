"""What a model is asked, before anything is masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

# Tokens that the form of one message takes beside its text.
_PER_MESSAGE = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said earlier in the conversation."""

    role: Literal["user", "assistant"]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """``system``: the rules. ``history``: earlier turns, oldest first. ``last``: the evidence and the question.

    Only the history may be shortened.
    """

    system: str = field(repr=False)
    last: str = field(repr=False)
    history: tuple[Turn, ...] = ()
    temperature: float | None = 0.2

    @property
    def tokens(self) -> int:
        """About how many tokens the model reads."""
        return sum(estimated(text) + _PER_MESSAGE for text in self._texts())

    def _texts(self) -> Iterable[str]:
        return (self.system, *(turn.text for turn in self.history), self.last)

    def fitted(self, tokens: int) -> Prompt:
        """With as much of the history, from its newest turn back, as leaves the whole within ``tokens``."""
        prompt = self
        while prompt.history and prompt.tokens > tokens:
            prompt = replace(prompt, history=prompt.history[1:])
        return prompt

    def shortened(self) -> Prompt:
        """Without the older half of the history."""
        return replace(self, history=self.history[(len(self.history) + 1) // 2 :])


def estimated(text: str) -> int:
    """About how many tokens a text is: one for a Korean syllable, one for three and a half other characters.

    Rather too many than too few: current vocabularies need 0.6 to 1.1 tokens for a syllable.
    """
    wide = sum(1 for character in text if character >= "\u1100")
    return wide + -(-(len(text) - wide) * 2 // 7)
