"""Personal data is masked however it is written; medical numbers stay."""

import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.safety.personal_data import mask

DEV = pathlib.Path(__file__).parents[2] / "eval" / "dev"
ROWS = [json.loads(line) for line in (DEV / "pii.jsonl").read_text(encoding="utf-8").splitlines()]
digit = st.sampled_from("0123456789")
separator = st.sampled_from(["", "-", " ", ".", " - ", "–", "\u200b-"])
before = st.sampled_from(["", "제 번호는 ", "연락처:", "폰 ", "혈압약 때문에 "])
after = st.sampled_from(["", " 입니다", "로 전화 주세요", "이에요", ", 약국 있나요"])


def digits(count: int) -> st.SearchStrategy[str]:
    return st.lists(digit, min_size=count, max_size=count).map("".join)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_development_set(row: dict) -> None:
    masked = mask(row["text"])
    assert [secret for secret in row["secrets"] if secret in masked.text] == []
    if not row["secrets"]:
        assert masked.text == row["text"]


@pytest.mark.parametrize(
    ("text", "kind", "left"),
    [
        ("내 번호 010-12345678", "전화번호", "내 번호 [전화번호]"),
        ("공일공에 1234에 5678", "전화번호", "[전화번호]"),
        ("(02) 123-4567로 주세요", "전화번호", "[전화번호]로 주세요"),
        ("+82-10-1234-5678", "전화번호", "[전화번호]"),
        ("０１０-１２３４-５６７８", "전화번호", "[전화번호]"),
        ("010\u200b-1234-5678", "전화번호", "[전화번호]"),
        ("900101-1******", "주민등록번호", "[주민등록번호]"),
        ("주민번호 앞자리 900101", "주민등록번호", "주민번호 앞자리 [주민등록번호]"),
        ("kim골뱅이naver.com", "이메일", "[이메일]"),
        ("부산광역시 해운대구 우동 1234-5번지", "주소", "부산광역시 해운대구 [주소]"),
        ("강원도 춘천시 남면 가정리 12", "주소", "강원도 춘천시 [주소]"),
        ("101동 1502호로 와주세요", "주소", "[주소]로 와주세요"),
        ("생일 1990.1.2", "생년월일", "생일 [생년월일]"),
        ("850315생", "생년월일", "[생년월일]"),
        ("차트번호 A-20231", "등록번호", "차트번호 [등록번호]"),
        ("카톡 아이디 abcd_12", "메신저 아이디", "카톡 아이디 [메신저 아이디]"),
        ("국민은행 123456-04-123456 입금", "계좌번호", "국민은행 [계좌번호] 입금"),
        ("홈페이지 비밀번호는 abc1234", "비밀번호", "홈페이지 비밀번호는 [비밀번호]"),
    ],
)
def test_masked(text: str, kind: str, left: str) -> None:
    masked = mask(text)
    assert masked.text == left
    assert kind in masked.found


@pytest.mark.parametrize(
    "text",
    [
        "혈압 142/91 맥박 88, 당화혈색소 6.5, LDL 130-160",
        "임신 32주 1800g 인데 작은가요",
        "체온 38도 1200ml 마셨어요",
        "2026.11.20 진료, 2026-11-21 14:30 예약",
        "백혈구 4200 3800 4100 4600 혈소판 150000",
        "타이레놀 500mg 1일 3회 2정씩",
        "응급실 1588-5700 맞나요 129 1339 109 1577-0199",
        "보건소로 2시간 걸려요, 서울에서 부산으로 3시간",
        "강남구 역삼동 2곳 추천, 마포구 합정동 근처",
        "서울 종로구 대학로 소아과",
        "약국 2층 305호",
        "78년생인데 대장내시경",
        "LOT 20251212 1234567",
        "크레아티닌 1.2-1.4, eGFR 60-89-100",
        "골밀도 -2.5 -3.0 -1.8",
        "주민번호 없이 진료 되나요",
        "온라인 zoom 진료",
        "예약 번호표 12번",
        "진료비 1200000원",
    ],
)
def test_left_alone(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).found == ()


@given(before, separator, separator, digits(4), digits(4), after)
def test_mobile_numbers(lead: str, first: str, second: str, middle: str, last: str, tail: str) -> None:
    masked = mask(f"{lead}010{first}{middle}{second}{last}{tail}").text
    assert masked == f"{lead}[전화번호]{tail}".strip()


@given(
    before, st.integers(0, 99), st.integers(1, 12), st.integers(1, 31), separator, st.sampled_from("12345678"),
    digits(6), after,
)  # fmt: skip
def test_resident_numbers(
    lead: str, year: int, month: int, day: int, mark: str, sex: str, rest: str, tail: str
) -> None:
    masked = mask(f"{lead}{year:02}{month:02}{day:02}{mark}{sex}{rest}{tail}").text
    assert masked == f"{lead}[주민등록번호]{tail}".strip()


@given(st.integers(60, 250), st.integers(40, 150), st.integers(1, 4000), st.floats(30, 43).map(lambda t: f"{t:.1f}"))
def test_measurements_stay(upper: int, lower: int, dose: int, heat: str) -> None:
    text = f"혈압 {upper}/{lower}, {upper}-{lower}, 체온 {heat}도, 약 {dose}mg 하루 3번 {dose}mL"
    assert mask(text).text == text


@given(st.text(max_size=300))
def test_any_text_is_left_alone_or_changed_for_a_reason(text: str) -> None:
    masked = mask(text)
    assert masked.found or masked.text == text
    assert mask(masked.text).text == masked.text


@pytest.mark.parametrize(
    "text", ["a" * 8000, "0" * 8000, "1-" * 4000, "공" * 8000, "가길" * 4000, "환자번호 " + "a1" * 4000]
)
def test_long_input_is_no_trap(text: str) -> None:
    assert mask(text).text
