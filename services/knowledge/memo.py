"""Analyses that need not be done again, kept in the index: cutting a passage into morphemes takes milliseconds."""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Iterable

import orjson

from services.knowledge.analysis import Analyser, Morpheme

FILE = "morphemes.jsonl"


class Memo:
    """An analyser that remembers. Only what was asked for since it was opened is saved."""

    def __init__(self, analyser: Analyser, known: dict[str, list[Morpheme]] | None = None) -> None:
        self.name = analyser.name
        self._analyser, self._known = analyser, known or {}
        self._used: dict[str, list[Morpheme]] = {}

    @classmethod
    def opened(cls, analyser: Analyser, folder: pathlib.Path | None) -> Memo:
        """The memo an earlier index left in ``folder``, if the same analyser made it."""
        path = folder / FILE if folder else None
        if path is None or not path.exists():
            return cls(analyser)
        with path.open("rb") as lines:
            if orjson.loads(next(lines, b"null")) != analyser.name:
                return cls(analyser)
            rows = (orjson.loads(line) for line in lines)
            return cls(analyser, {key: [Morpheme(*morpheme) for morpheme in found] for key, found in rows})

    def learn(self, texts: Iterable[str]) -> None:
        """Analyses those texts that are not known yet, all at once."""
        missing = {_key(text): text for text in texts if _key(text) not in self._known}
        self._known.update(zip(missing, self._analyser.morphemes_of(list(missing.values())), strict=True))

    def morphemes(self, text: str) -> list[Morpheme]:
        """The content morphemes of a text."""
        key = _key(text)
        if key not in self._known:
            self.learn([text])
        self._used[key] = self._known[key]
        return self._used[key]

    def save(self, folder: pathlib.Path) -> None:
        """Writes what was used to ``folder``."""
        with (folder / FILE).open("wb") as out:
            out.write(orjson.dumps(self.name) + b"\n")
            for key, found in self._used.items():
                out.write(orjson.dumps([key, [list(morpheme) for morpheme in found]]) + b"\n")


def _key(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
