"""An answer that serves again: found in the cache, or made once for everybody who asks the same at the same time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from medichain.chatbot.v1 import chatbot_pb2 as pb
from services.chatbot.answer import Answer
from services.chatbot.answer_cache import AnswerCache, Edition, SharedWork, Turn, cacheable
from services.chatbot.asker import Asker
from services.chatbot.data_version import DataVersion
from services.chatbot.meaning import meaning
from services.chatbot.vocabulary import Vocabulary


@dataclass(slots=True)
class Share:
    """One question's part: an answer that was ``found``, or the making of one, which others may be waiting for."""

    found: pb.Completed | None = None
    provider: str = ""
    keys: tuple[str | None, ...] = ()
    cache: AnswerCache | None = None
    turn: Turn[pb.Completed] | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def keep(self, completed: pb.Completed) -> None:
        """Keeps a finished answer, unless somebody else wrote it than was to be expected."""
        if self.cache is None or self.turn is None:
            return
        if completed.degraded or completed.provider != self.provider:
            self.turn.alone()
            return
        await self.cache.keep(completed, *self.keys)
        self.turn.done(completed)

    async def leave(self) -> None:
        """Lets the next one do the work when it was not finished."""
        await self.stack.aclose()


class Reuse:
    """Knows which questions may share an answer."""

    def __init__(self, cache: AnswerCache, vocabulary: Vocabulary, data: DataVersion) -> None:
        self._cache, self._vocabulary, self._data = cache, vocabulary, data
        self._shared: SharedWork[pb.Completed] = SharedWork()

    async def begin(self, answer: Answer, asker: Asker, asked: str, domains: Sequence[int], writer: str) -> Share:
        """Looks for an answer to ``asked`` as ``writer`` ("provider/model/strategy") would give it."""
        edition = self._edition(answer, asker, domains, writer)
        if edition is None:
            return Share()
        exact, alike = self._cache.exact_key(asked, edition), self._alike(asked, domains, edition)
        found = await self._cache.exact(exact) or await self._cache.by_meaning(alike)
        if found:
            return Share(found)
        stack = AsyncExitStack()
        turn = await stack.enter_async_context(self._shared.turn(alike or exact))
        if turn.result is not None:
            await stack.aclose()
            found = pb.Completed()
            found.CopyFrom(turn.result)
            return Share(found)
        return Share(None, writer.partition("/")[0], (exact, alike), self._cache, turn, stack)

    def _edition(self, answer: Answer, asker: Asker, domains: Sequence[int], writer: str) -> Edition | None:
        """What the answer depends on beside its words; None when it is nobody else's."""
        question, profile = answer.question, asker.profile
        digest = hashlib.sha256(profile.SerializeToString(deterministic=True)).hexdigest() if profile else ""
        fit = cacheable(
            question.text,
            emergency_level=answer.emergency.level,
            has_location=question.location is not None,
            leans_on_history=bool(question.standing.turns),
            profile_shaped=profile is not None,
            profile_digest=digest,
            degraded=bool(answer.degraded) or not asker.known,
            domains=domains,
        )
        return Edition(self._data.now, writer, digest) if fit and self._data.now else None

    def _alike(self, asked: str, domains: Sequence[int], edition: Edition) -> str | None:
        names = self._vocabulary.names
        if names is None:
            return None
        return self._cache.meaning_key(meaning(asked, self._vocabulary.ingredients, names, domains), edition)
