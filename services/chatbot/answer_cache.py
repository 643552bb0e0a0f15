"""Answers that were given before, sealed in Redis, for a day: found by the same words, or by the same medical meaning.

:func:`cacheable` says which answers may be; that two questions mean the same, :mod:`services.chatbot.meaning`. Whatever
goes wrong with Redis or the keys is a miss. The names of entries are keyed hashes, so that what people ask cannot be
found by trying. :class:`SharedWork` lets those who ask the same at once wait for one answer.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import DecodeError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.emergency_support.v1 import emergency_support_pb2 as levels
from medichain.specialist.v1 import specialist_pb2
from services.chatbot.meaning import Meaning, language
from services.llm import instructions
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.safety.harmful import needs_refusal
from services.safety.personal_data import mask
from services.safety.text import normalised
from services.storage.cipher import FieldCipher, Keyring

# Whose data key seals the answers: erasing it empties the cache.
OWNER = ":cache"
KEPT_SECONDS = 24 * 3600
MOST = 10_000
_LAST_USED = "medichain:answers:used"
_PLACE = ("cache", "answer")
_FAILURES = (RedisError, OSError, MeshError, ValueError, DecodeError)

# Places and hours belong to a person and a moment, whichever domain answers.
_HERE_OR_NOW = re.compile(
    r"근처|가까[운이]|주변|동네|여기|우리\s?(?:집|구|동|시)|지금|현재|오늘|내일|모레|방금|이번\s?주|near|nearby|today|now|open",
    re.IGNORECASE,
)
_WHERE_OR_WHEN = re.compile(
    r"[가-힣]{2,5}(?:시|군|구|동|읍|역)(?:에|의|쪽|에서|\s|$)|[가-힣]{2,3}[면리]에|서울|부산|대구|인천|광주|대전|울산|세종|제주|경기|강원|충[청남북]|전[라남북]|경[상남북]"
    r"|문\s?(?:연|여|열)|여는|열었|영업|야간|심야|새벽|주말|공휴일|명절|연휴|추석|설날|요일|[토일]욜|[0-9몇]\s?시|24시|휴진|당직|어디\s?(?:있|에\s?있)"
)
_WHERE_OR_WHEN_DOMAINS = frozenset({specialist_pb2.DOMAIN_CLINIC, specialist_pb2.DOMAIN_EMERGENCY_SUPPORT})
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Edition:
    """What an answer depends on beside its question; another edition finds none of its entries.

    ``data``: version of the data answers are made from; ``provider``: who writes; ``profile``: a digest of the profile
    that shapes the answer, "" when none does; ``prompts``: version of what models are told.
    """

    data: str
    provider: str
    profile: str = ""
    prompts: str = ""

    def key(self, kind: str, spoken: str, question: str) -> str:
        """The key of a ``question`` that is asked in the language ``spoken``."""
        prompts = self.prompts or instructions.version()
        return "\x1f".join((kind, self.data, self.provider, self.profile, prompts, spoken, question))


class AnswerCache:
    """At most ``most`` answers; those used longest ago leave first."""

    def __init__(self, redis: Redis, keyring: Keyring, most: int = MOST) -> None:
        self._redis, self._keyring, self._most = redis, keyring, most

    @staticmethod
    def exact_key(text: str, edition: Edition) -> str:
        """The key of these very words."""
        return edition.key("exact", language(text), normalised(text))

    @staticmethod
    def meaning_key(meaning: Meaning, edition: Edition) -> str | None:
        """The key of a meaning; None when nothing of the question was understood."""
        return None if meaning.blank else edition.key("meaning", meaning.language, meaning.key)

    async def exact(self, key: str) -> pb.Completed | None:
        """The answer kept under a key of :meth:`exact_key`, without ids and timings, ``cached``; None on a miss."""
        return await self._found(key)

    async def by_meaning(self, key: str | None) -> pb.Completed | None:
        """The same for a key of :meth:`meaning_key`."""
        return await self._found(key) if key else None

    async def keep(self, completed: pb.Completed, *keys: str | None) -> None:
        """Keeps an answer under its keys. One of an emergency, with parts missing, or kept before, is passed over."""
        if not _whole(completed):
            return
        plain = _anonymous(completed).SerializeToString()
        try:
            cipher = await self._keyring.cipher(OWNER)
            for key in filter(None, keys):
                await self._store(cipher, _name(cipher, key), plain)
            await self._shorten()
        except _FAILURES as failure:
            _missed(failure)

    async def _found(self, key: str) -> pb.Completed | None:
        try:
            cipher = await self._keyring.cipher(OWNER)
            name = _name(cipher, key)
            sealed: Any = await self._redis.get(name)
            if sealed is None:
                return None
            found = pb.Completed.FromString(cipher.open(sealed, *_PLACE, name))
            await self._redis.zadd(_LAST_USED, {name: time.time()}, xx=True)
        except _FAILURES as failure:
            _missed(failure)
            return None
        found.cached, found.emergency.level = True, levels.EMERGENCY_LEVEL_NONE
        return found

    async def _store(self, cipher: FieldCipher, name: str, plain: bytes) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.set(name, cipher.seal(plain, *_PLACE, name), ex=KEPT_SECONDS)
        pipeline.zadd(_LAST_USED, {name: time.time()})
        pipeline.expire(_LAST_USED, KEPT_SECONDS)
        await pipeline.execute()

    async def _shorten(self) -> None:
        """Drops what was used longest ago, and from the list what has expired by itself."""
        await self._redis.zremrangebyscore(_LAST_USED, 0, time.time() - KEPT_SECONDS)
        surplus: Any = await self._redis.zrange(_LAST_USED, 0, -self._most - 1)
        if surplus:
            pipeline = self._redis.pipeline(transaction=False)
            for name in surplus:
                pipeline.delete(name)
            pipeline.zrem(_LAST_USED, *surplus)
            await pipeline.execute()


def cacheable(
    question_text: str,
    *,
    emergency_level: int,
    has_location: bool,
    leans_on_history: bool,
    profile_shaped: bool,
    degraded: bool,
    domains: Iterable[int],
    profile_digest: str = "",
) -> bool:
    """Whether the answer to a question may be kept, and a kept one given.

    ``profile_shaped``: the person's profile took part in it, which ``profile_digest``, when it is in the key, allows;
    ``degraded``: a part is missing, or it failed; ``domains``: those that answer, none when that is not known yet.
    """
    of_one_person = has_location or leans_on_history or (profile_shaped and not profile_digest)
    if emergency_level > levels.EMERGENCY_LEVEL_NONE or degraded or of_one_person:
        return False
    if mask(question_text).found or needs_refusal(question_text):
        return False
    return not _here_or_now(question_text, frozenset(domains))


class Turn(Generic[Result]):
    """Somebody's part in a piece of work. With a ``result`` it is done; without, it is theirs to do."""

    def __init__(self, ended: asyncio.Future[Result | None], result: Result | None = None) -> None:
        self._ended, self.result = ended, result

    def done(self, result: Result) -> None:
        """Hands the result to everybody who waits."""
        self.result = result
        self._end(result)

    def alone(self) -> None:
        """Says that this work serves nobody else: those who wait do it themselves, all at once."""
        self._end(None)

    def _end(self, result: Result | None) -> None:
        if not self._ended.done():
            self._ended.set_result(result)


class _LeftUndone(Exception):
    """Whoever did the work has gone without a result."""


class SharedWork(Generic[Result]):
    """One doer for each key in this process. Those who come while it works wait for its result; when it leaves without
    one (it was cancelled, or failed) the next one does the work."""

    def __init__(self) -> None:
        self._doing: dict[str, asyncio.Future[Result | None]] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[Turn[Result]]:
        """Waits while another one does the work of ``key``, then gives its result, or the work."""
        while (others := self._doing.get(key)) is not None:
            try:
                yielded = Turn(others, await asyncio.shield(others))
            except _LeftUndone:
                continue
            yield yielded
            return
        mine = self._doing[key] = asyncio.get_running_loop().create_future()
        try:
            yield Turn(mine)
        finally:
            del self._doing[key]
            if not mine.done():
                mine.set_exception(_LeftUndone())
                mine.exception()  # nobody may be waiting


def _whole(completed: pb.Completed) -> bool:
    urgent = completed.emergency.level > levels.EMERGENCY_LEVEL_NONE
    return bool(completed.answer) and not (urgent or completed.degraded or completed.cached)


def _anonymous(completed: pb.Completed) -> pb.Completed:
    """A copy that tells nothing of whom it was for and when."""
    kept = pb.Completed()
    kept.CopyFrom(completed)
    for field in ("exchange_id", "conversation_id", "emergency", "timings"):
        kept.ClearField(field)
    return kept


def _name(cipher: FieldCipher, key: str) -> str:
    return f"medichain:answer:{cipher.hashed('answer', key).hex()}"


def _missed(failure: Exception) -> None:
    telemetry.log().warning("answer_cache_away", error_type=type(failure).__name__)


def _here_or_now(text: str, domains: frozenset[int]) -> bool:
    if _HERE_OR_NOW.search(text):
        return True
    return bool(domains & _WHERE_OR_WHEN_DOMAINS and _WHERE_OR_WHEN.search(text))
