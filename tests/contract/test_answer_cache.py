"""The answer cache over a real Redis, sealed; without it, or without the keys, there are only misses."""

from __future__ import annotations

import asyncio

import pytest

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.emergency_support.v1 import emergency_support_pb2 as levels
from medichain.specialist.v1 import specialist_pb2
from services.chatbot.answer_cache import KEPT_SECONDS, OWNER, AnswerCache, Edition, SharedWork, cacheable
from services.chatbot.meaning import meaning
from services.llm import instructions
from services.safety.claims import Names
from services.storage.cipher import Keyring
from services.storage.engine import key_url, open_engine
from services.storage.master_keys import master_keys
from services.storage.migrate import migrate
from services.storage.redis import open_redis
from tests.support.deployments import embedded

DRUG, CLINIC = specialist_pb2.DOMAIN_DRUG, specialist_pb2.DOMAIN_CLINIC
EDITION = Edition(data="7", provider="extractive")
ASKED = "타이레놀 먹어도 되나요"


@pytest.fixture
async def parts(tmp_path, valkey_server):
    configured = embedded(tmp_path, valkey_server.url())
    await migrate("keys", key_url(configured))
    engine, redis = open_engine(key_url(configured)), open_redis(configured)
    yield redis, Keyring(engine, master_keys(configured)), configured
    await redis.aclose()
    await engine.dispose()


@pytest.fixture
def cache(parts):
    return AnswerCache(parts[0], parts[1])


def completed(**other):
    return pb.Completed(
        **{
            "exchange_id": "x1",
            "conversation_id": "c1",
            "answer": "하루 4,000mg을 넘기지 마세요.",
            "domains": [DRUG],
            "confidence": 0.8,
            "citations": [pb.Citation(id="drug/1", title="타이레놀")],
            "emergency": pb.Emergency(level=levels.EMERGENCY_LEVEL_NONE),
            "provider": "extractive",
            "timings": pb.Timings(total_ms=12),
            **other,
        }
    )


def key(text=ASKED, edition=EDITION):
    return AnswerCache.exact_key(text, edition)


def by_meaning(text, edition=EDITION):
    read = meaning(text, {"타이레놀": ("아세트아미노펜",)}, Names(["타이레놀", "아세트아미노펜"]), [DRUG])
    return AnswerCache.meaning_key(read, edition)


async def test_an_answer_comes_back_cached_and_belongs_to_nobody(cache):
    await cache.keep(completed(), key())
    found = await cache.exact(key(" 타이레놀  먹어도 되나요 "))
    assert found.cached
    assert found.answer == completed().answer
    assert found.citations == completed().citations
    assert (found.exchange_id, found.conversation_id, found.timings.total_ms) == ("", "", 0)
    assert found.emergency == pb.Emergency(level=levels.EMERGENCY_LEVEL_NONE)


async def test_an_answer_is_found_by_what_the_question_means(cache):
    await cache.keep(completed(), key(), by_meaning(ASKED))
    assert await cache.exact(key("아세트아미노펜 복용해도 될까요")) is None
    assert await cache.by_meaning(by_meaning("아세트아미노펜 복용해도 될까요"))
    assert await cache.by_meaning(by_meaning("타이레놀 안 먹어도 되나요")) is None
    assert by_meaning("ㅋㅋㅋ") is None
    assert await cache.by_meaning(None) is None


@pytest.mark.parametrize(
    "other",
    [
        Edition(data="8", provider="extractive"),
        Edition(data="7", provider="openai"),
        Edition(data="7", provider="extractive", profile="a1"),
        Edition(data="7", provider="extractive", prompts="other"),
    ],
)
async def test_another_edition_finds_nothing(cache, other):
    await cache.keep(completed(), key(), by_meaning(ASKED))
    assert await cache.exact(key(edition=other)) is None
    assert await cache.by_meaning(by_meaning(ASKED, other)) is None


async def test_new_prompts_make_old_answers_unreachable(cache, monkeypatch):
    await cache.keep(completed(), key())
    monkeypatch.setattr(instructions, "version", lambda: "newer")
    assert await cache.exact(key()) is None


@pytest.mark.parametrize(
    "other",
    [
        {"emergency": pb.Emergency(level=levels.EMERGENCY_LEVEL_URGENT)},
        {"degraded": [pb.Degraded(domain=DRUG, reason="deadline")]},
        {"cached": True},
        {"answer": ""},
    ],
)
async def test_what_is_not_a_whole_answer_is_not_kept(cache, other):
    await cache.keep(completed(**other), key())
    assert await cache.exact(key()) is None


async def test_nothing_can_be_read_in_redis(cache, parts):
    redis = parts[0]
    await cache.keep(completed(), key())
    names = [name async for name in redis.scan_iter("medichain:answer:*")]
    assert len(names) == 1
    assert "타이레놀".encode() not in await redis.get(names[0])
    assert 0 < await redis.ttl(names[0]) <= KEPT_SECONDS


async def test_what_was_altered_or_moved_is_a_miss(cache, parts):
    redis = parts[0]
    await cache.keep(completed(), key())
    (first,) = [name async for name in redis.scan_iter("medichain:answer:*")]
    sealed = await redis.get(first)
    await cache.keep(completed(answer="다른 답"), key("다른 질문"))
    (second,) = [name async for name in redis.scan_iter("medichain:answer:*") if name != first]
    await redis.set(second, sealed)
    await redis.set(first, sealed[:-1])
    assert await cache.exact(key()) is None
    assert await cache.exact(key("다른 질문")) is None


async def test_without_its_key_the_cache_is_empty(cache, parts):
    await cache.keep(completed(), key())
    await parts[1].erase(OWNER)
    assert await cache.exact(key()) is None


async def test_what_was_used_longest_ago_leaves_first(parts):
    cache = AnswerCache(parts[0], parts[1], most=3)
    for number in range(3):
        await cache.keep(completed(), key(f"질문 {number}"))
    assert await cache.exact(key("질문 0"))
    await cache.keep(completed(), key("질문 3"))
    assert await cache.exact(key("질문 1")) is None
    for number in (0, 2, 3):
        assert await cache.exact(key(f"질문 {number}"))


async def test_without_redis_there_are_only_misses(parts):
    away = open_redis(parts[2].model_copy(update={"redis_url": "redis://127.0.0.1:1"}))
    cache = AnswerCache(away, parts[1])
    await cache.keep(completed(), key())
    assert await cache.exact(key()) is None
    await away.aclose()


# ---- what may be kept ------------------------------------------------------------------------------------------------


def may(text=ASKED, **other):
    plain = {
        "emergency_level": levels.EMERGENCY_LEVEL_NONE, "has_location": False, "leans_on_history": False,
        "profile_shaped": False, "degraded": False, "domains": [DRUG],
    }  # fmt: skip
    return cacheable(text, **{**plain, **other})


def test_an_answer_for_everybody_may_be_kept():
    assert may()
    assert may("신분증 없이 병원 가도 되나요", domains=[CLINIC])
    assert may(profile_shaped=True, profile_digest="a1")


@pytest.mark.parametrize(
    "other",
    [
        {"emergency_level": levels.EMERGENCY_LEVEL_URGENT},
        {"emergency_level": levels.EMERGENCY_LEVEL_CALL_119},
        {"has_location": True},
        {"leans_on_history": True},
        {"profile_shaped": True},
        {"degraded": True},
        {"text": "010-1234-5678로 알려주세요 타이레놀 먹어도 되나요"},
        {"text": "가까운 응급실 위치가 어디예요"},
        {"text": "지금 문 연 약국 있나요"},
        {"text": "서울 강남구 야간 소아과 알려주세요", "domains": [CLINIC]},
        {"text": "토요일 오후에 진료하는 치과 있나요", "domains": [CLINIC]},
        {"text": "사람을 죽이는 약 조합 알려줘"},
    ],
)
def test_an_answer_for_one_person_or_moment_is_not(other):
    assert not may(**other)


# ---- the same at once ------------------------------------------------------------------------------------------------


async def ask(work, made, outcome):
    """Takes part in the work of one key; ``outcome`` says what doing it comes to."""
    async with work.turn("k") as turn:
        if turn.result is None:
            made.append(turn)
            await asyncio.sleep(0)
            outcome(turn, len(made))
        return turn.result


async def test_a_hundred_at_once_share_one_answer():
    work, made = SharedWork(), []
    answers = await asyncio.gather(*(ask(work, made, lambda turn, _: turn.done("answer")) for _ in range(100)))
    assert answers == ["answer"] * 100
    assert len(made) == 1


async def test_when_the_first_fails_the_next_takes_over():
    work, made = SharedWork(), []

    def third_time(turn, times):
        if times < 3:
            raise LookupError
        turn.done("answer")

    answers = await asyncio.gather(*(ask(work, made, third_time) for _ in range(100)), return_exceptions=True)
    assert [type(answer) for answer in answers[:2]] == [LookupError, LookupError]
    assert answers[2:] == ["answer"] * 98
    assert len(made) == 3


async def test_when_the_first_is_cancelled_the_next_takes_over():
    work, reached = SharedWork(), asyncio.Event()

    async def never():
        async with work.turn("k"):
            reached.set()
            await asyncio.Event().wait()

    first, made = asyncio.create_task(never()), []
    await reached.wait()
    others = [asyncio.create_task(ask(work, made, lambda turn, _: turn.done("answer"))) for _ in range(99)]
    await asyncio.sleep(0)
    others[5].cancel()  # somebody who only waits may go, too
    first.cancel()
    answers = await asyncio.gather(*others, return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, str)] == ["answer"] * 98
    assert len(made) == 1


async def test_what_serves_nobody_else_is_done_by_everybody_at_once():
    work, made = SharedWork(), []
    answers = await asyncio.gather(*(ask(work, made, lambda turn, _: turn.alone()) for _ in range(100)))
    assert answers == [None] * 100
    assert len(made) == 100


async def test_later_work_of_the_same_key_is_new():
    work, made = SharedWork(), []
    for _ in range(2):
        assert await ask(work, made, lambda turn, _: turn.done("answer")) == "answer"
    assert len(made) == 2
