"""Finds the hospital a question names, by the names people use: 세브란스, 서울대병원, 아산병원, 이대목동병원.

A name that reads like "place + 병원" (울산병원, 안동병원) is meant only when it is written in one piece: "안동 병원"
asks for any hospital in Andong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.clinic.facility import SAMPLE_MARK
from services.clinic.places import Places
from services.clinic.wording import Wording

_LONGEST = 24
# What people say that no rule derives from the registered name.
_SPOKEN = {
    "세브란스병원": ("세브란스", "신촌세브란스", "신촌세브란스병원", "연대세브란스", "연세대병원"),
    "강남세브란스병원": ("강남세브란스",),
    "용인세브란스병원": ("용인세브란스",),
    "원주세브란스기독병원": ("원주세브란스", "원주세브란스병원"),
    "서울아산병원": ("아산병원", "서울아산"),
    "삼성서울병원": ("삼성병원", "서울삼성병원", "삼성의료원", "삼성서울"),
    "가톨릭대학교 서울성모병원": ("서울성모", "강남성모병원", "강남성모", "반포성모병원"),
    "가톨릭대학교 여의도성모병원": ("여의도성모",),
    "서울대학교병원": ("서울대", "서울대병원본원"),
    "분당서울대학교병원": ("분당서울대",),
    "고려대학교안암병원": ("고대병원", "고려대병원", "안암병원"),
    "고려대학교구로병원": ("구로병원",),
    "고려대학교안산병원": ("고대안산",),
    "이화여자대학교의과대학부속목동병원": ("이대목동", "목동이대병원"),
    "이화여자대학교의과대학부속서울병원": ("이대서울",),
    "인하대학교의과대학부속병원": ("인하대",),
    "강북삼성병원": ("강북삼성",),
    "국립중앙의료원": ("중앙의료원", "메디컬센터"),
    "국립암센터": ("일산암센터",),
    "분당차병원": ("분당차",),
    "가천대 길병원": ("가천길병원", "인천길병원"),
    "국민건강보험공단 일산병원": ("일산병원", "건보일산병원", "공단일산병원"),
    "칠곡경북대학교병원": ("칠곡경대병원",),
    "경북대학교병원": ("경대병원",),
    "계명대학교동산병원": ("동산병원", "대구동산병원"),
    "충남대학교병원": ("충대병원",),
}
_SHORTER = (
    ("이화여자대학교", "이대"),
    ("고려대학교", "고대"),
    ("연세대학교", "연대"),
    ("경상국립대학교", "경상대"),
    ("대학교", "대"),
)
_ATTACHED = re.compile(r"의과대학부속|부속")
_KIND = re.compile(r"(?:종합)?병원$|의료원$|한의원$|의원$|약국$")
# What may follow a hospital's name within its word.
_AFTER = re.compile(
    r"병원|본원|에|의|은|는|이|가|을|를|도|로|으로|까지|부터|랑|하고|과|와|인데|전화|예약|주차|진료|응급|근처|주변|앞|옆|안과|외래|"
    r"위치|주소|어디|몇|장례|소아|내과|외과|정형|피부|산부|점심|토요|일요|주말|면회|병문안|입원"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A facility the question names, and where its name ends in the question without blanks."""

    id: str
    name: str
    end: int


class HospitalNames:
    """Every way the hospitals' names are said, to their ids. A name two facilities share leads to neither."""

    def __init__(self, hospitals: Iterable[tuple[str, str]], places: Places) -> None:
        self._ids: dict[str, str] = {}
        self._in_one_piece: set[str] = set()
        shared: set[str] = set()
        for id, name in hospitals:
            for spoken in _ways(name):
                if self._ids.setdefault(spoken, id) != id:
                    shared.add(spoken)
                if _KIND.sub("", spoken) in places or name.startswith(SAMPLE_MARK):
                    self._in_one_piece.add(spoken)
        for spoken in shared:
            del self._ids[spoken]

    def find(self, text: str) -> list[Named]:
        """The facilities a text names, in order, each once."""
        wording = Wording(text)
        found: dict[str, Named] = {}
        for part in wording.named(self._ids, _LONGEST, _may_end):
            if part.whole or part.name not in self._in_one_piece:
                found.setdefault(self._ids[part.name], Named(self._ids[part.name], part.name, part.end))
        return list(found.values())


def _may_end(rest: str, at_word_end: bool) -> bool:
    return at_word_end or _AFTER.match(rest) is not None


def _ways(name: str) -> Iterator[str]:
    """The registered name, without its owner's name before a blank, and with universities shortened."""
    plain = name.removeprefix(SAMPLE_MARK).strip()
    owner, _, own = plain.rpartition(" ")
    spellings = [plain.replace(" ", "")]
    if own and _stands_alone(owner, own):
        spellings.append(own)
    if plain.startswith("서울특별시"):
        spellings.append(plain.removeprefix("서울특별시"))
    for spelling in spellings:
        yield spelling.lower()
        yield from _shortened(spelling.lower())
    if plain.endswith(("구보건소", "시보건소")):
        yield plain.replace(" ", "")[:-4] + "보건소"
    yield from _SPOKEN.get(name, ())


def _stands_alone(owner: str, own: str) -> bool:
    """Whether the part after the owner is a name: "서울성모병원" is, "대전병원" of 근로복지공단 is not."""
    return own.endswith(("의료원", "보건소")) or owner.endswith(("대", "대학교"))


def _shortened(name: str) -> Iterator[str]:
    detached = _ATTACHED.sub("", name)
    if detached != name:
        yield detached
    for long, short in _SHORTER:
        if long in detached:
            yield detached.replace(long, short)
    for university in ("가톨릭대학교", "인제대학교", "순천향대학교", "한림대학교", "건국대학교", "동국대학교"):
        if detached.startswith(university) and len(detached) > len(university) + 4:
            yield detached.removeprefix(university)
