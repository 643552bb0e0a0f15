"""What a question looks for."""

from __future__ import annotations

import pytest

from services.clinic.looking_for import looking_for


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("새벽에 여는 약국 ㅇㄷ", "약국"),
        ("해열제 파는 데 있을까요", "약국"),
        ("우리 동네 달빛어린이병원 있나요", "달빛어린이병원"),
        ("엘리베이터 있는 치과", "치과"),
        ("홍대 한의원", "한의원·한방병원"),
        ("보건소 몇 시까지", "보건소·보건지소"),
        ("경기도 대학병원", "종합병원"),
        ("정신과 어디", "정신건강의학과"),
        ("피부과든 내과든 여는데 있음?", "피부과·내과"),
        ("3살 아이 열나는데 밤에 여는 병원", "소아청소년과"),
        ("가까운 병원", "병원·의원"),
        ("건강검진 예약하려고 하는데요", ""),
        ("타이레놀 하루 몇 알", ""),
    ],
)
def test_the_kind_of_facility(text: str, label: str) -> None:
    assert looking_for(text).label == label


@pytest.mark.parametrize(
    "text",
    [
        "강남역 근처 내과 찾아주세요",
        "이비인후과잇나요 있나요",
        "지금 문 연 데 있나요",
        "바로 되는데 없나",
        "노원 치과 추천",
        "독도 약국",
        "가까운 소아과",
    ],
)
def test_questions_that_want_a_facility_found(text: str) -> None:
    assert looking_for(text).search


@pytest.mark.parametrize(
    "text",
    [
        "대학병원 처음 가는데 진료의뢰서 꼭 있어야 되나요",
        "건강검진 예약하려고 하는데요 몇 시부터 굶어야 하나요",
        "점심시간에도 접수 받나요",
        "요양병원 입원 절차가 어떻게 되는지 궁금합니다",
    ],
)
def test_questions_on_how_things_are_done(text: str) -> None:
    sought = looking_for(text)
    assert sought.rules
    assert not sought.search


def test_being_able_to_is_not_being_somewhere() -> None:
    assert not looking_for("약을 집에서 받을 수 있어요?").search


def test_what_something_is() -> None:
    assert looking_for("달빛어린이병원이 뭐예요").meaning
    assert looking_for("밤에 문 연 약국 어떻게 찾아요").how_to_find
    assert looking_for("여기 병원 토요일은 몇시까지").this_one
    assert not looking_for("우리 동네 어린이병원").this_one


def test_what_the_records_do_not_tell() -> None:
    assert looking_for("MRI 되는 정형외과").unrecorded == ("검사 장비",)
    assert looking_for("여의사 있는 산부인과").unrecorded == ("의사의 성별",)
    assert looking_for("수원 류마티스내과").subspecialties == ("류마티스내과",)
