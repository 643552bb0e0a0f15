"""Cuts a stream of Korean text into sentences, each handed out as soon as its end is settled.

A sentence that carries its citation before the full stop ("… 하세요 [1].") is settled by the full stop itself; any
other waits for the next character that is not a space, because a citation may still follow ("… 하세요. [1]").
"""

from __future__ import annotations

import re

LONGEST = 600
_KEPT = 260
_QUOTED = 200
_STOPS = ".!?。！？…"
_CLOSERS = "\"'”’)]』」*"
_STOP = re.compile(rf"[{_STOPS}\n]")
_ENDINGS = "다요까죠오"
_CITATION = re.compile(r"\[\d{1,3}(?:\s?,\s?\d{1,3})*\]")
_CITATION_BEGUN = re.compile(r"\[[\d\s,]{0,16}$")
_CITED = re.compile(r"\[\d{1,3}(?:\s?,\s?\d{1,3})*\]$")
_MARKER = re.compile(r"\s*[(*\-]*\s*\d{1,2}")
_ABBREVIATION = re.compile(r"(?:^|[^a-z])(?:vs|dr|mr|mrs|e\.g|i\.e|cf|no|etc|approx|ca|St)$", re.IGNORECASE)
_PAIRS = (("(", ")"), ("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"))
_MORE = -1
_NOT_HERE = 0


class SentenceCutter:
    """Takes text in pieces of any size. How it is cut into pieces never changes the sentences.

    Sentences come stripped of surrounding blanks, with their marks and citations. One of more than LONGEST characters
    is dropped whole, because half of a claim may say the opposite of it; ``dropped`` counts these.
    """

    def __init__(self) -> None:
        self._held = ""
        self._gone = 0  # characters of a run-on that are no longer held
        self._at = 0
        self.dropped = 0

    def feed(self, text: str) -> list[str]:
        """The sentences that ``text`` settles, in order."""
        self._held += text
        return self._cut(final=False)

    def end(self) -> list[str]:
        """What is left when nothing more comes."""
        found = self._cut(final=True)
        rest = self._taken(len(self._held))
        return [*found, rest] if rest else found

    def _cut(self, final: bool) -> list[str]:
        found = []
        while end := self._next_end(final):
            if sentence := self._taken(end):
                found.append(sentence)
        # Of a run-on only what the next decision looks back at is kept.
        if len(self._held) > LONGEST and (gone := min(self._at, len(self._held)) - _KEPT) > 0:
            self._held, self._at, self._gone = self._held[gone:], self._at - gone, self._gone + gone
        return found

    def _taken(self, end: int) -> str:
        sentence, length = self._held[:end].strip(), self._gone + end
        self._held, self._at, self._gone = self._held[end:], 0, 0
        if length > LONGEST:
            self.dropped += 1
            return ""
        return sentence

    def _next_end(self, final: bool) -> int:
        """Where the first sentence ends, or 0 when that is not settled."""
        while stop := _STOP.search(self._held, self._at):
            self._at = stop.start()
            end = self._judged(stop.start(), final)
            if end == _MORE:
                return 0
            if end != _NOT_HERE:
                return end
            self._at = stop.end()
        self._at = len(self._held)
        return 0

    def _judged(self, at: int, final: bool) -> int:
        text = self._held
        if text[at] == "\n":
            return at + 1
        before = text[max(0, at - _KEPT) : at].rstrip()
        if text[at] == "." and _CITED.search(before):
            return at + 1
        stops = _past(text, at, _STOPS)
        closed = _past(text, stops, _CLOSERS)
        if closed == len(text) and not final:
            return _MORE
        ends = _ends(text, at, stops, closed, final)
        return _past_citations(text, closed, final) if ends == closed else ends


def _ends(text: str, at: int, stops: int, closed: int, final: bool) -> int:
    """``closed`` when the mark ends a sentence, _NOT_HERE when it does not, _MORE when more text has to come."""
    previous, following = text[at - 1 : at], text[closed : closed + 1]
    if (previous and previous in _STOPS) or _inside(text[max(0, at - _QUOTED) : closed]):
        return _NOT_HERE
    if closed > stops and following and not following.isspace() and following not in "[,":
        return _NOT_HERE  # "…하세요."라고
    if text[at] == "…" or text[at:stops].startswith(".."):
        return closed if previous and previous in _ENDINGS else _NOT_HERE
    if text[at] != ".":
        return closed
    return _full_stop(text, at, closed, final)


def _full_stop(text: str, at: int, closed: int, final: bool) -> int:
    previous, following = text[at - 1 : at], text[closed : closed + 1]
    apart = not following or following.isspace()
    if previous.isascii() and previous.isdigit():
        return _after_digit(text, at, closed, final) if apart or following == "[" else _NOT_HERE
    if previous.isascii() and previous.isalpha():
        return closed if apart and not _ABBREVIATION.search(text[max(0, at - 8) : at]) else _NOT_HERE
    return closed if apart or following == "[" or (previous and previous in _ENDINGS) else _NOT_HERE


def _after_digit(text: str, at: int, closed: int, final: bool) -> int:
    """ "1. 물을 …" is a list, "2026. 11. 20." a date; after any other number it is an end."""
    if _MARKER.fullmatch(text[:at]):
        return _NOT_HERE
    rest = text[closed:].lstrip(" \t")
    if not rest:
        return closed if final else _MORE
    return _NOT_HERE if rest[0].isdigit() else closed


def _past_citations(text: str, at: int, final: bool) -> int:
    """The end with the citations that follow it, or _MORE while one may still come."""
    end = at
    while True:
        following = _past(text, end, " \t")
        if following == len(text):
            return end if final else _MORE
        cited = _CITATION.match(text, following)
        if not cited:
            begun = not final and _CITATION_BEGUN.match(text, following)
            return _MORE if begun else end
        end = cited.end()
        if text[end : end + 1] == ".":
            return end + 1


def _past(text: str, at: int, chars: str) -> int:
    while at < len(text) and text[at] in chars:
        at += 1
    return at


def _inside(text: str) -> bool:
    """True within brackets or quotes that were opened and not yet closed."""
    if text.count('"') % 2:
        return True
    return any(text.rfind(opening) > text.rfind(closing) for opening, closing in _PAIRS)
