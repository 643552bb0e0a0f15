"""Place words and hospitals' names in questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinic.guide import Guide
from services.clinic.places import Extent, Places, Sight

SIGHTS = [
    Sight("서울", "서울특별시 중구 세종대로 1", "태평로1가", "시청역", 37.5657, 126.9769),
    Sight("대구", "대구광역시 중구 동성로 1", "동성로2가", "중앙로역", 35.8693, 128.5950),
    Sight("대전", "대전광역시 서구 둔산로 1", "둔산동", "시청역", 36.3510, 127.3850),
    Sight("전남", "전라남도 화순군 화순읍 서양로 1", "화순읍", "", 35.0594, 127.0025),
]
HOSPITALS = [
    ("A", "세브란스병원"),
    ("B", "강남세브란스병원"),
    ("C", "서울대학교병원"),
    ("D", "분당서울대학교병원"),
    ("E", "서울아산병원"),
    ("F", "강릉아산병원"),
    ("G", "안동병원"),
    ("H", "이화여자대학교의과대학부속목동병원"),
    ("I", "가톨릭대학교 서울성모병원"),
    ("J", "가톨릭대학교 부천성모병원"),
    ("K", "종로구보건소"),
    ("L", "삼성서울병원"),
    ("M", "서울특별시보라매병원"),
]
GUIDE = Guide(SIGHTS, HOSPITALS)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("강남역 근처 내과", "강남역"),
        ("강남 역 내과", "강남역"),
        ("부산 서면쪽 이비인후과", "서면역"),
        ("부산서면약국", "서면역"),
        ("대전 둔산동에 치과", "둔산동"),
        ("MRI 되는 정형외과 분당 쪽에 있나요", "분당구"),
        ("여의사 있는 산부인과 노원구", "노원구"),
        ("수원에서 류마티스내과", "수원"),
        ("화순군 병원", "화순군"),
        ("시청역 약국", "시청역"),
        ("(홍대입구) 약국", "홍대입구역"),
    ],
)
def test_the_narrowest_place_counts(text: str, name: str) -> None:
    place = GUIDE.places.find(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    "text", ["우리 구에 밤에 하는 데", "3일 동안 열나요", "모유수유 중인데", "서울대병원", "운동 후 약국", ""]
)
def test_everyday_words_are_no_places(text: str) -> None:
    assert GUIDE.places.find(text) is None


def test_a_shared_name_needs_its_region() -> None:
    assert GUIDE.places.find("중구 약국") is None
    assert GUIDE.places.shared("중구 약국") == "중구"
    place = GUIDE.places.find("대구 중구 약국")
    assert place is not None
    assert (place.region, place.extent) == ("대구", Extent.DISTRICT)
    assert GUIDE.places.shared("대구 중구 약국") == ""


def test_a_namesake_of_a_well_known_place_is_meant_beside_its_region() -> None:
    place = GUIDE.places.find("대전 시청역 약국")
    assert place is not None
    assert place.region == "대전"


def test_a_province_is_too_wide_to_search() -> None:
    places = Places()
    gyeonggi, seoul = places.find("경기도 대학병원"), places.find("서울 대학병원")
    assert gyeonggi is not None
    assert seoul is not None
    assert (gyeonggi.too_wide, seoul.too_wide) == (True, False)


def test_every_built_in_place_is_in_korea() -> None:
    for options in Places()._by_name.values():
        for place in options:
            assert 33 < place.latitude < 38.7
            assert 126 < place.longitude < 130


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("주차되나요 세브란스", ["A"]),
        ("강남 세브란스 전화", ["B"]),
        ("서울대병원 예약 번호", ["C"]),
        ("분당서울대병원 예약 번호", ["D"]),
        ("분당 서울대 병원", ["D"]),
        ("아산병원 안과", ["E"]),
        ("강릉아산병원 안과", ["F"]),
        ("보령아산병원", []),
        ("이대목동병원 응급실", ["H"]),
        ("서울성모병원이랑 부천성모병원", ["I", "J"]),
        ("성모병원", []),
        ("안동병원 전화", ["G"]),
        ("안동 병원 추천", []),
        ("종로구 보건소 몇 시", ["K"]),
        ("보라매병원", ["M"]),
        ("삼성병원 근처 약국", []),
    ],
)
def test_hospitals_a_question_is_about(text: str, ids: list[str]) -> None:
    assert GUIDE.asked_about(text) == ids


def test_a_hospital_as_a_landmark() -> None:
    assert GUIDE.beside("삼성병원 근처 약국") == "L"
    assert GUIDE.beside("삼성병원 주차") == ""


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    GUIDE.places.find(text)
    assert set(GUIDE.asked_about(text)) <= {id for id, _ in HOSPITALS}
