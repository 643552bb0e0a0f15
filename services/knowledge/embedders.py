"""Opens the embedder of an index, whichever the deployment wants by now."""

from __future__ import annotations

import pathlib
from typing import NamedTuple
from weakref import WeakValueDictionary

from services.knowledge.embedding import LEXICAL, TRANSFORMER, Embedder
from services.knowledge.lexical_vectors import LexicalVectors
from services.knowledge.query_vectors import QueryVectors
from services.knowledge.sentence_transformer import MISSING, SentenceTransformerVectors, prepare
from services.mesh import telemetry


class Opened(NamedTuple):
    """What makes an index's query vectors: an embedder of this process, an endpoint, or, with neither, nothing."""

    embedder: Embedder | None = None
    endpoint: QueryVectors | None = None


class Embedders:
    """``endpoint`` is the one this deployment names, if it does; no other is asked: questions go nowhere else."""

    def __init__(self, endpoint: QueryVectors | None = None) -> None:
        self._endpoint = endpoint
        # A model takes seconds and memory: an index that takes another's place shares it.
        self._models: WeakValueDictionary[str, SentenceTransformerVectors] = WeakValueDictionary()

    def prepare(self, name: str) -> None:
        """Does what would hold up a process that serves, on the way to an index of the embedder ``name``."""
        if name.startswith(TRANSFORMER):
            prepare()

    def opened(self, name: str, folder: pathlib.Path) -> Opened:
        """The embedder ``name`` of the index in ``folder``. An index whose embedder cannot be had has its words."""
        if name == LEXICAL:
            return Opened(LexicalVectors.opened(folder))
        if name.startswith(TRANSFORMER):
            return Opened(self._model(name))
        known = self._endpoint is not None and self._endpoint.name == name
        return Opened(endpoint=self._endpoint if known else None)

    def _model(self, name: str) -> SentenceTransformerVectors | None:
        model = self._models.get(name)
        if model is None:
            try:
                model = SentenceTransformerVectors(name.removeprefix(TRANSFORMER))
            except MISSING as missing:
                telemetry.log().error("embedder_not_loaded", error_type=type(missing).__name__)
                return None
            self._models[name] = model
        return model
