"""Makes an index: analyses the passages, embeds their wordings, writes the files."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from services.knowledge.analysis import Analysed, analysed
from services.knowledge.bm25 import Bm25
from services.knowledge.catalogue import Catalogue, ordered
from services.knowledge.embedding import Embedder, Matrix, background
from services.knowledge.examples import Example, of_passages
from services.knowledge.index import BACKGROUND, LABELS, LEXICON
from services.knowledge.kept_vectors import save_keys
from services.knowledge.lexical_vectors import LexicalVectors
from services.knowledge.lexicon import Lexicon
from services.knowledge.memo import Memo
from services.knowledge.passages import Passage
from services.knowledge.vectors import Vectors

# Stage, passages done in it, passages in all.
Report = Callable[[str, int, int], None]
_CHUNK = 256
# A title or a keyword says more about a passage than a word in its text.
_HEADINGS, _HEADING_WEIGHT = 2, 2


def silent(stage: str, done: int, total: int) -> None:
    """Reports to nobody."""


def build(
    folder: pathlib.Path,
    passages: Sequence[Passage],
    examples: Sequence[Example],
    memo: Memo,
    embedder: Embedder | None = None,
    report: Report = silent,
) -> None:
    """Writes an index of passages and labelled examples into the empty ``folder``; lexical vectors without embedder."""
    shelf = ordered(passages)
    labelled = [*examples, *of_passages(shelf)]
    lexicon = Lexicon.of_keywords(keyword for passage in shelf for keyword in passage.keywords)
    reader = _Reader(memo, lexicon)
    wordings = _analyse(shelf, reader, report)
    asked = [[text] for text in reader.read(example.text for example in labelled)]
    distinct = list({text.text: text for texts in (*wordings, *asked) for text in texts}.values())
    used = embedder or LexicalVectors.fitted(distinct)
    matrix = _embed(used, distinct, len(shelf), report)
    rows = {text.text: row for row, text in enumerate(distinct)}
    _vectors(matrix, rows, wordings).save(folder / "passages")
    _vectors(matrix, rows, asked).save(folder / "examples")
    if isinstance(used, LexicalVectors):
        used.save(folder)
    else:
        _keep(folder, matrix, wordings, asked)
    report("write", 0, len(shelf))
    Bm25.built([_words(wording) for wording in wordings]).save(folder / "words")
    Catalogue.save(folder, shelf)
    memo.save(folder)
    (folder / LABELS).write_bytes(orjson.dumps([example.labels for example in labelled]))
    (folder / LEXICON).write_bytes(orjson.dumps(sorted(lexicon.words)))
    report("write", len(shelf), len(shelf))


@dataclass(frozen=True, slots=True)
class _Reader:
    memo: Memo
    lexicon: Lexicon

    def read(self, texts: Iterable[str]) -> list[Analysed]:
        kept = list(texts)
        self.memo.learn(kept)
        return [analysed(text, self.memo.morphemes(text), self.lexicon) for text in kept]


def _analyse(shelf: Sequence[Passage], reader: _Reader, report: Report) -> list[list[Analysed]]:
    """Every passage's wordings."""
    wordings: list[list[Analysed]] = []
    for begin in range(0, len(shelf), _CHUNK):
        report("analyse", begin, len(shelf))
        chunk = [_texts(passage) for passage in shelf[begin : begin + _CHUNK]]
        read = iter(reader.read(text for texts in chunk for text in texts))
        wordings += [[next(read) for _ in texts] for texts in chunk]
    report("analyse", len(shelf), len(shelf))
    return wordings


def _texts(passage: Passage) -> list[str]:
    """What a query is compared with: title, keywords, every question, and the text."""
    return [passage.title, " ".join(passage.keywords), *passage.questions, passage.text]


def _vectors(matrix: Matrix, rows: dict[str, int], owners: Sequence[Sequence[Analysed]]) -> Vectors:
    """The vectors of owners given as their texts."""
    chosen = [rows[text.text] for texts in owners for text in texts]
    counts = np.array([len(texts) for texts in owners], dtype=np.int64)
    return Vectors.built(matrix[chosen], counts)


def _keep(
    folder: pathlib.Path, matrix: Matrix, wordings: Sequence[Sequence[Analysed]], asked: Sequence[Sequence[Analysed]]
) -> None:
    """What only a model's vectors need: whose they are, so that the next index takes them over, and their background.

    The lexical ones depend on the whole corpus, and have next to no background.
    """
    for part, owners in (("passages", wordings), ("examples", asked)):
        save_keys(folder / part, (text.text for texts in owners for text in texts))
    (folder / BACKGROUND).write_bytes(orjson.dumps(background(matrix)))


def _words(wordings: Sequence[Analysed]) -> list[str]:
    """A passage's wordings as BM25 sees them."""
    headings = [token for wording in wordings[:_HEADINGS] for token in wording.tokens]
    return headings * _HEADING_WEIGHT + [token for wording in wordings[_HEADINGS:] for token in wording.tokens]


def _embed(embedder: Embedder, texts: Sequence[Analysed], passages: int, report: Report) -> Matrix:
    parts = [] if texts else [embedder.embed(())]
    for begin in range(0, len(texts), _CHUNK):
        report("embed", passages * begin // len(texts), passages)
        parts.append(embedder.embed(texts[begin : begin + _CHUNK]))
    report("embed", passages, passages)
    return np.concatenate(parts)
