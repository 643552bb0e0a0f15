"""Which data answers are made from now: the medicines' and the index's version, asked for from time to time."""

from __future__ import annotations

import asyncio

from medichain.knowledge.v1 import knowledge_pb2
from services.chatbot.vocabulary import Vocabulary
from services.mesh.client import Client
from services.mesh.errors import CallFailed

LOOK_AGAIN_SECONDS = 20.0


class DataVersion:
    """Changes when new exports have been taken in or the index has been swapped; "" while it cannot be told."""

    def __init__(self, knowledge: Client, vocabulary: Vocabulary) -> None:
        self._knowledge, self._vocabulary = knowledge, vocabulary
        self._index = ""

    @property
    def now(self) -> str:
        medicines = self._vocabulary.version
        return f"{self._index}/{medicines}" if self._index and medicines else ""

    async def watch(self) -> None:
        """Keeps the version, until cancelled. While knowledge is away nothing is kept or found: it may have changed."""
        while True:
            try:
                self._index = (await self._knowledge.GetIndex(knowledge_pb2.GetIndexRequest())).index_version
            except CallFailed:
                self._index = ""
            await asyncio.sleep(LOOK_AGAIN_SECONDS if self._index else 1.0)
