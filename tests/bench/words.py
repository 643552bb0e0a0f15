"""Invented Korean words: names that read like the real ones and belong to nobody."""

from __future__ import annotations

import random

# Syllables of which registered names of medicines are mostly made.
_FIRST = """
가 나 노 다 데 도 디 라 레 로 루 리 마 메 모 미 바 베 보 부 비 사 세 소 수 시 아 알 에 오
옥 이 자 제 지 카 케 코 클 타 테 토 트 파 페 포 프 피 하 헤 히
"""
_NEXT = """
나 노 니 다 도 디 라 란 레 렌 로 론 루 르 리 린 마 모 미 바 반 베 벤 본 브 비 빈 사 산 세
센 소 솔 스 시 신 안 엘 오 졸 조 카 칸 코 콘 타 탄 텐 토 톤 트 틴 파 펜 포 프 플 핀 핍
"""
_STEM = """
가온 가람 나래 노을 누리 다온 다솜 도담 두레 라온 마루 마음 맑은 미르 바른 밝은 배움 벼리 별빛 보람
봄날 사랑 산들 새롬 새봄 서로 소담 솔빛 슬기 아라 아름 여울 열린 온유 우리 은빛 이든 이룸 자람 좋은
참된 초록 큰나무 편한 푸른 하늘 하람 한결 한빛 해맑은 해솔 행복 향기 효성 희망
"""


class Words:
    """Draws words; the same random source gives the same words."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self._first, self._next, self._stems = _FIRST.split(), _NEXT.split(), _STEM.split()
        self._drawn: set[str] = set()

    def brand(self) -> str:
        """A brand, 3 to 5 syllables, e.g. "로베탄정" without its form."""
        return self._fresh(2, 4)

    def ingredient(self) -> str:
        """The base name of an ingredient, 4 to 6 syllables."""
        return self._fresh(3, 5)

    def stem(self) -> str:
        """A word that practices and firms call themselves by."""
        return self._source.choice(self._stems)

    def _fresh(self, least: int, most: int) -> str:
        """A word not drawn before."""
        while True:
            length = self._source.randint(least, most)
            word = self._source.choice(self._first) + "".join(self._source.choices(self._next, k=length))
            if word not in self._drawn:
                self._drawn.add(word)
                return word
