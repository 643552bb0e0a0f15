"""What a Korean text is about: the stems of its content words."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import kiwipiepy

from services.knowledge.lexicon import Lexicon

# Nouns, roots, verbs, adjectives, numbers and foreign words; particles, endings and adverbs say little of the topic.
_CONTENT = frozenset({"NNG", "NNP", "NNB", "NR", "SN", "SL", "VV", "VA", "XR", "W_SERIAL"})
_NOUNS = frozenset({"NNG", "NNP", "XR"})
_WARMING = "타이레놀 먹고 배가 아픈데 어느 병원에 가야 하나요"


class Morpheme(NamedTuple):
    """A content morpheme: its form, its tag in the Sejong set, where it begins and how many characters it spans."""

    form: str
    tag: str
    begin: int
    length: int


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text and its tokens, in order: stems in lower case, verbs and adjectives with "다"."""

    text: str
    tokens: tuple[str, ...]


class Analyser(Protocol):
    """Cuts text into morphemes. ``name`` tells analysers apart whose results differ."""

    name: str

    def morphemes(self, text: str) -> list[Morpheme]:
        """The content morphemes of a text."""

    def morphemes_of(self, texts: Sequence[str]) -> list[list[Morpheme]]:
        """The content morphemes of many texts, faster than one by one."""


class KiwiAnalyser:
    """Kiwi without its dictionary of multi-word names: 0.6 s instead of 2.4 s to load, 330 MB instead of 510 MB.

    It is warm when it is made: the first sentence would take half a second otherwise. Loading holds the interpreter.
    """

    name = f"kiwi-{kiwipiepy.__version__}"

    def __init__(self) -> None:
        self._kiwi = kiwipiepy.Kiwi(load_multi_dict=False, num_workers=min(4, os.cpu_count() or 1))
        self.morphemes(_WARMING)

    def morphemes(self, text: str) -> list[Morpheme]:
        """The content morphemes of a text."""
        return _content(self._kiwi.tokenize(text))

    def morphemes_of(self, texts: Sequence[str]) -> list[list[Morpheme]]:
        """The content morphemes of many texts, cut in as many threads as there are processors, up to four."""
        return [_content(tokens) for tokens in self._kiwi.tokenize(texts)]


def _content(tokens: Iterable[kiwipiepy.Token]) -> list[Morpheme]:
    found = ((token, token.tag.partition("-")[0]) for token in tokens)
    return [Morpheme(token.form, tag, token.start, token.len) for token, tag in found if tag in _CONTENT]


def analysed(text: str, morphemes: Sequence[Morpheme], lexicon: Lexicon) -> Analysed:
    """The text with its tokens: the lexicon's words whole, then the morphemes.

    Of the morphemes inside a word of the lexicon only nouns of two and more syllables stay ("심폐소생술": 심폐,
    소생술); the rest are splinters of a name.
    """
    lowered = text.lower()
    spans = lexicon.spans(lowered)
    tokens = [lowered[begin:end] for begin, end in spans]
    tokens += [_stem(morpheme) for morpheme in morphemes if _stays(morpheme, spans, lowered)]
    return Analysed(text, tuple(tokens))


def _stays(morpheme: Morpheme, spans: Sequence[tuple[int, int]], text: str) -> bool:
    end = morpheme.begin + morpheme.length
    for begin, stop in spans:
        if morpheme.begin < stop and end > begin:
            part = morpheme.tag in _NOUNS and morpheme.length > 1 and begin <= morpheme.begin and end <= stop
            return part and text[begin:stop] != morpheme.form.lower()
    return True


def _stem(morpheme: Morpheme) -> str:
    return f"{morpheme.form}다" if morpheme.tag[0] == "V" else morpheme.form.lower()
