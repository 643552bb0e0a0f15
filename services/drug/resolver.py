"""Which medicines a person means: a typed name, or the names in a free question.

A reading is only given when the name stands in the data, is a usual misspelling of one that does, or differs by a slip
of the finger. Anything else stays unknown: an unknown name must never be taken for a safe one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.drug.lexicon import Lexicon, Meaning
from services.drug.names import core, key

_ITEM_NUMBER = re.compile(r"^\d{6,12}$")
# Words of everyday speech that are ingredients of tonics, or too general to mean a medicine.
_EVERYDAY_WORDS = """
약 약과 감기 몸살 두통 건강 황금 행인 진피 육계 정향 용담 작약 당귀 계피 감초 인삼 후박 황기 황련 황백 창출
천궁 호프 우황 포도당 어린이 우먼스 유한 명인 광동 신신 성광 동성 동아 명문 영풍 바이엘 현호색 과산화수소수
열약 위약 장약 코약 간약 뼈약 눈약 귀약 사후약
"""
_EVERYDAY = frozenset(_EVERYDAY_WORDS.split())
_PARTICLE_WORDS = """
이랑은 이랑 랑은 랑 하고는 하고 과는 와는 과 와 이라는 라는 이란 란 에는 에도 에 은 는 이 가 을 를 도 만 의
으로 로 이나 나 부터 까지 이요 요 이에요 예요 인데 입니다 좀 같은거 이라도 라도 마다 처럼 보다 말고 대신
"""
_PARTICLES = sorted(_PARTICLE_WORDS.split(), key=len, reverse=True)
_PARTICLE_END = re.compile(f"(?:{'|'.join(_PARTICLES)})$")
_GENERIC_END = re.compile("(?:먹는약|알약|물약|약물|약|제품|성분|계열|주사제|주사)$")
# What may follow a short name in the same word.
_AFTER_SHORT = re.compile(
    rf"^(?:$|정|캡슐|시럽|연고|크림|겔|액|주사|약|제|패취|패치|점안|안약|한알|두알|먹|복용|같이|함께|쓰|써|바르|발라|맞|끊|중|후|전|때|처방|"
    rf"부작용|용량|드시|드세|드셔|들어|성분|계열|\d|[^가-힣a-z]|(?:{'|'.join(_PARTICLES)}))"
)
_WORD = re.compile(r"[0-9a-zA-Z가-힣ㄱ-ㅎㅏ-ㅣ.%\-+]+")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_SHORT, _LONG = 3, 5


@dataclass(frozen=True, slots=True)
class Mention:
    """A medicine found in a text: as written, and what it means."""

    text: str
    meaning: Meaning


class Resolver:
    """Reads names against a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def understand(self, name: str) -> Meaning | None:
        """What a typed name means, or None when it is not known."""
        typed = key(name)
        if _ITEM_NUMBER.match(typed):
            return Meaning("item", (typed,), 1.0)
        if typed in _EVERYDAY or not re.search("[a-z가-힣ㄱ-ㅎㅏ-ㅣ]", typed):
            return None
        return self._as_written(name) or self._begun_or_slipped(name)

    def mentions(self, question: str) -> list[Mention]:
        """The medicines a question names, in its order, each once."""
        found: dict[tuple[str, ...], Mention] = {}
        for mention in self._scan(question):
            found.setdefault((mention.meaning.kind, *mention.meaning.keys), mention)
        explained = {key(inside) for inside in _BRACKETED.findall(question)}
        return _without_explanations(list(found.values()), explained)

    def _as_written(self, name: str) -> Meaning | None:
        for form in _forms(name):
            meaning = self.lexicon.exact(form)
            if meaning and form not in _EVERYDAY:
                return meaning
        return None

    def _begun_or_slipped(self, name: str) -> Meaning | None:
        forms = [form for form in _forms(name) if len(form) >= _SHORT and form not in _EVERYDAY]
        for form in forms:
            if meaning := self.lexicon.begun(form):
                return meaning
        for form in forms:
            if meaning := self.lexicon.near(form, _tolerance(form)):
                return meaning
        return None

    def _scan(self, question: str) -> Iterator[Mention]:
        """Longest names first from the left; a name may span words ("아스피린 프로텍트")."""
        text, starts = _joined(question)
        at, covered = 0, 0
        while at < len(text):
            name = self._name_at(text, at, at in starts, starts)
            if name:
                yield Mention(name, self._meaning(name))
                at = covered = at + len(name)
                continue
            if at in starts and at >= covered and (slip := self._slip(starts[at])):
                yield slip
                at += len(starts[at])
                continue
            at += 1

    def _meaning(self, name: str) -> Meaning:
        meaning = self.lexicon.exact(name)
        if meaning is None:
            raise KeyError(name)
        return meaning

    def _name_at(self, text: str, at: int, begins_word: bool, starts: dict[int, str]) -> str:
        name = self.lexicon.longest_at(text, at)
        if not name or name in _EVERYDAY or self.lexicon.exact(name) is None:
            return ""
        if len(name) > _SHORT:
            return name if begins_word or not name.isascii() else ""
        end = at + len(name)
        rest = text[end : _word_end(starts, at, end, len(text))]
        return name if begins_word and _AFTER_SHORT.match(rest) else ""

    def _slip(self, word: str) -> Mention | None:
        for form in _forms(word):
            if len(form) < _SHORT or form in _EVERYDAY or form.isascii():
                continue
            meaning = self.lexicon.near(form, _free_tolerance(form))
            if meaning and meaning.kind != "class":
                return Mention(form, meaning)
        return None


def _forms(name: str) -> list[str]:
    """The name as typed and with less and less around it: form, strength, particles, "약"."""
    forms = [key(name), core(name)]
    for strip in (_PARTICLE_END, _GENERIC_END, _PARTICLE_END):
        shorter = strip.sub("", forms[-1])
        if len(shorter) > 1:
            forms += [shorter, core(shorter)]
    return list(dict.fromkeys(form for form in forms if len(form) > 1))


def _tolerance(name: str) -> float:
    """Letters a typed name may differ by."""
    if len(name) <= _SHORT:
        return 1.0
    return 1.5 if len(name) < _LONG else 2.0


def _free_tolerance(name: str) -> float:
    """Letters a word of a sentence may differ by: less, since most words are not medicines."""
    if len(name) <= _SHORT:
        return 0.5
    return 1.0 if len(name) < _LONG else 1.5


def _joined(question: str) -> tuple[str, dict[int, str]]:
    """The question's words as keys without the spaces, and where each word begins."""
    starts: dict[int, str] = {}
    pieces, at = [], 0
    for word in (key(found) for found in _WORD.findall(question)):
        if word:
            starts[at] = word
            pieces.append(word)
            at += len(word)
    return "".join(pieces), starts


def _word_end(starts: dict[int, str], begin: int, end: int, length: int) -> int:
    """Where the word that holds ``end`` is over; ``end`` itself when a word begins there."""
    if end in starts or end >= length:
        return end
    return next((at for at in range(end + 1, length) if at in starts), length)


def _without_explanations(mentions: list[Mention], explained: set[str]) -> list[Mention]:
    """Without the class words that only explain a medicine named beside them: "펠로디핀(혈압약)"."""
    if all(mention.meaning.kind == "class" for mention in mentions):
        return mentions
    return [mention for mention in mentions if mention.meaning.kind != "class" or mention.text not in explained]
