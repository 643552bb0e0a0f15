"""Synthetic knowledge passages, composed of everyday medical words and invented subjects."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.bench.envelope import DATE, Row
from tests.bench.words import Words

DOMAINS = ("drug", "clinic", "emergency_support", "internal_external")
_PARTS = """
머리 목 어깨 허리 무릎 발목 손목 가슴 배 옆구리 눈 귀 코 입안 혀 피부 손톱 두피 종아리 엉덩이 갈비뼈
턱 잇몸 겨드랑이
"""
_FEELINGS = """
통증 저림 부기 가려움 발진 열감 뻣뻣함 떨림 화끈거림 두근거림 어지럼 메스꺼움 기침 가래 쉰목소리 피로
불면 식욕저하
"""
_TIMES = """
아침에/밤에/식후에/공복에/운동 뒤에/오래 앉은 뒤에/추운 날에/환절기에/계단을 오를 때/자고 일어나면
"""
_ADVICE = (
    "{when} {part} {feeling} 증상이 심해지면 언제부터 그랬는지 적어 두세요.",
    "{subject} 안내에서는 {part} 부위를 편하게 하고 무리한 움직임을 줄이도록 적었습니다.",
    "{part} {feeling} 증상이 사흘 넘게 이어지면 진료를 받아 원인을 확인하세요.",
    "{subject} 자료는 {when} 물을 충분히 마시고 쉬는 예시를 담았습니다.",
    "{part}에 {feeling} 증상이 있을 때 쓰던 약이 있으면 이름을 적어 가져가세요.",
    "갑자기 심한 {feeling} 증상이 나타나면 참지 말고 도움을 요청하세요.",
)
_ASKED = (
    "{when} {part} {feeling} 증상이 있어요",
    "{part} {feeling} 왜 그런가요",
    "{subject} 알려 주세요",
    "{part} 부위가 {when} 불편해요 어떻게 하나요",
)
_PART_WORDS, _FEELING_WORDS, _TIME_WORDS = _PARTS.split(), _FEELINGS.split(), _TIMES.strip().split("/")


def passage_rows(domain: str, group: str, count: int, source: random.Random) -> Iterator[Row]:
    """``count`` passages of one group."""
    words = Words(source)
    for number in range(count):
        yield _passage(domain, group, number, words, source)


def _passage(domain: str, group: str, number: int, words: Words, source: random.Random) -> Row:
    said = {
        "subject": f"합성 {words.brand()}",
        "part": source.choice(_PART_WORDS),
        "feeling": source.choice(_FEELING_WORDS),
        "when": source.choice(_TIME_WORDS),
    }
    return {
        "id": f"syn-{domain[:2]}-{group[-3:]}-{number:06}",
        "domain": domain,
        "group": group,
        "title": "{subject}: {part} {feeling}".format(**said),
        "text": " ".join(line.format(**said) for line in source.sample(_ADVICE, 4)),
        "questions": [line.format(**said) for line in source.sample(_ASKED, 2)],
        "keywords": [said["subject"], said["part"], said["feeling"], f"{said['part']} {said['feeling']}"],
        "source": "합성 자료: 측정을 위해 만든 문장",
        "asOf": DATE,
        "reviewedBy": "",
    }
