"""Whole questions through the edge, to ``completed``: one after the other, and fifty people at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from tests.bench.figures import Figure, latency, median
from tests.bench.wire import ask

# People at once; each asks again as soon as an answer is there, after starting at a time of their own.
PEOPLE = 50
GROUP = "whole question → completed (extractive, through the edge)"
QUESTIONS = (
    "타이레놀 하루에 몇 알까지 먹어도 되나요?",
    "타이레놀이랑 게보린 같이 먹어도 되나요?",
    "혈압약 먹는 중인데 이부프로펜 먹어도 돼요?",
    "무릎이 붓고 아픈데 어느 과로 가야 하나요?",
    "귀에서 삐 소리가 나는데 무슨 과 가요?",
    "서울역 근처 토요일에 여는 약국 알려 주세요",
    "병원 처음 갈 때 뭐 챙겨 가야 해요?",
    "뜨거운 물에 손을 데었어요 어떻게 해요?",
    "아이가 열이 39도예요 해열제 언제 먹여요?",
    "갑자기 가슴이 조이고 식은땀이 나요",
)


async def measure(port: int, times: int, people: int = PEOPLE) -> list[Figure]:
    """Asks every question ``times`` times alone, then ``people`` ask at once. Bounded by both counts."""
    for question in QUESTIONS:
        await ask(port, question)
    alone = [await ask(port, question) for _ in range(times) for question in QUESTIONS]
    first, idle = [text for text, _, _ in alone], [completed for _, completed, _ in alone]
    busy = await _together(port, people, times)
    return [
        latency(GROUP, "idle: to the first text", first),
        latency(GROUP, "idle: to completed", idle),
        latency(GROUP, f"{people} in flight: to the first text", [text for text, _ in busy], against=median(first)),
        latency(GROUP, f"{people} in flight: to completed", [done for _, done in busy], against=median(idle)),
    ]


async def _together(port: int, people: int, times: int) -> list[tuple[float, float]]:
    """Everybody begins at a random moment of the first second."""
    source = random.Random(7)
    asked = [(source.random(), source.choices(QUESTIONS, k=max(2, times))) for _ in range(people)]
    found = await asyncio.gather(*(_person(port, delay, questions) for delay, questions in asked))
    return [times for person in found for times in person]


async def _person(port: int, delay: float, questions: Sequence[str]) -> list[tuple[float, float]]:
    await asyncio.sleep(delay)
    return [(await ask(port, question))[:2] for question in questions]
