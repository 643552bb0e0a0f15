"""Lay words: names of classes of medicines ("혈압약"), usual misspellings, other names of ingredients.

Read from data/classes.json: ``classes`` [{name, aliases, atc, ingredients, note}], ``typos`` {wrong: right},
``ingredientSynonyms`` {other name: base name}.
"""

from __future__ import annotations

import hashlib
import pathlib
from dataclasses import dataclass, field

import orjson

from services.drug.ingredients import base_name
from services.drug.names import key


@dataclass(frozen=True, slots=True)
class LayClass:
    """A class of medicines as people call it; ``ingredients`` are base names, ``atc`` prefixes of ATC codes."""

    name: str
    aliases: tuple[str, ...]
    atc: tuple[str, ...]
    ingredients: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class LayWords:
    """All lay words, by normalised key, and where they come from. ``version`` changes when any of them does."""

    classes: dict[str, LayClass] = field(default_factory=dict)
    typos: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    source: str = ""
    as_of: str = ""
    version: str = ""

    def canonical(self, ingredient: str) -> str:
        """The base name the rules use for an ingredient, whatever its salt and spelling."""
        base = base_name(ingredient)
        return self.synonyms.get(key(base), self.synonyms.get(key(ingredient), base))


def read_lay_words(path: pathlib.Path) -> LayWords:
    """The lay words of a file; none when there is no such file."""
    if not path.exists():
        return LayWords()
    content = path.read_bytes()
    said = orjson.loads(content)
    sample = said.get("sample", {})
    synonyms = {key(other): name for other, name in said.get("ingredientSynonyms", {}).items()}
    words = LayWords(
        typos={key(wrong): key(right) for wrong, right in said.get("typos", {}).items()},
        synonyms=synonyms,
        source=f"{sample.get('source', '')}(표본)" if sample.get("notice") else str(sample.get("source", "")),
        as_of=str(sample.get("date", "")),
        version=hashlib.sha256(content).hexdigest(),
    )
    for entry in said.get("classes", ()):
        _add(words, entry)
    return words


def _add(words: LayWords, entry: dict[str, list[str]]) -> None:
    """The first class that claims a word keeps it."""
    ingredients = tuple(dict.fromkeys(words.canonical(name) for name in entry["ingredients"]))
    found = LayClass(
        str(entry["name"]), tuple(entry["aliases"]), tuple(entry["atc"]), ingredients, str(entry.get("note", ""))
    )
    for word in (found.name, *found.aliases):
        words.classes.setdefault(key(word), found)
