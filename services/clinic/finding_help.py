"""Where people find an open hospital or pharmacy themselves: the public channels, for answers without a place.

From the guidance of 보건복지부 and 국립중앙의료원 중앙응급의료센터.
"""

from __future__ import annotations

from typing import NamedTuple


class Channels(NamedTuple):
    """A note that can be cited."""

    id: str
    title: str
    text: str
    source: str
    as_of: str


_SOURCE, _AS_OF = "보건복지부·국립중앙의료원 안내를 바탕으로 정리(표본)", "2026-11-20"
HOSPITALS = Channels(
    "clinic/finding-hospitals",
    "문 연 병원·약국을 찾는 공식 방법",
    "문 연 병원과 약국은 응급의료포털 E-Gen(www.e-gen.or.kr)이나 응급의료정보제공 앱, "
    "전화 119·129(보건복지상담센터)에서 확인하세요.",
    _SOURCE,
    _AS_OF,
)
PHARMACIES = Channels(
    "clinic/finding-pharmacies",
    "문 연 약국을 찾는 공식 방법",
    "문 연 약국은 응급의료포털 E-Gen(www.e-gen.or.kr), 휴일지킴이약국(www.pharm114.or.kr), "
    "전화 119·129(보건복지상담센터)에서 확인하세요.",
    _SOURCE,
    _AS_OF,
)
