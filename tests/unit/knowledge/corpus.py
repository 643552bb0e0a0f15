"""A few passages, and an analyser that needs no dictionary."""

from services.knowledge.analysis import Morpheme
from services.knowledge.passages import Passage

ENDINGS = ("을", "를", "이", "가", "은", "는", "에", "에서", "해요", "나요")


def passage(id, domain, title, text, questions=(), keywords=(), group="g"):
    return Passage(id, domain, group, title, text, tuple(questions), tuple(keywords), "출처", "2026-11-20")


PASSAGES = [
    passage(
        "d1",
        "drug",
        "타이레놀 하루 최대량",
        "성인은 하루 4,000mg을 넘기지 마세요.",
        ["타이레놀 몇 알까지"],
        ["타이레놀"],
    ),
    passage(
        "d2",
        "drug",
        "이부프로펜과 위장",
        "이부프로펜은 식후에 드세요.",
        ["부루펜 빈속에 먹나요"],
        ["이부프로펜", "부루펜"],
    ),
    passage(
        "e1", "emergency_support", "화상 응급처치", "화상은 흐르는 찬물에 식히세요.", ["뜨거운 물에 데었어요"], ["화상"]
    ),
    passage(
        "e2", "emergency_support", "코피", "고개를 숙이고 코를 누르세요.", ["코피가 안 멈춰요"], ["코피"], group="nose"
    ),
]


class PlainAnalyser:
    """Words between blanks, without the commonest endings."""

    name = "plain-1"

    def __init__(self):
        self.analysed = 0

    def morphemes(self, text):
        found, begin = [], 0
        for word in text.split(" "):
            fitting = [end for end in ENDINGS if word.endswith(end) and len(word) > len(end) + 1]
            ending = max(fitting, key=len, default="")
            stem = word.removesuffix(ending)
            if stem:
                found.append(Morpheme(stem, "NNG", begin, len(stem)))
            begin += len(word) + 1
        self.analysed += 1
        return found

    def morphemes_of(self, texts):
        return [self.morphemes(text) for text in texts]
