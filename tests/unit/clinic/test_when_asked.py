"""Time words, relative to a Friday afternoon in November."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinic.opening_hours import SEOUL
from services.clinic.when_asked import when_asked

FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=SEOUL)
NIGHT = datetime(2026, 11, 22, 1, 30, tzinfo=SEOUL)
HOLIDAYS = {
    date(2026, 12, 25): "기독탄신일",
    date(2027, 1, 1): "1월1일",
    date(2027, 9, 14): "추석",
    date(2027, 9, 15): "추석",
    date(2027, 9, 16): "추석",
    date(2026, 9, 25): "추석",
}


def asked(text: str, now: datetime = FRIDAY) -> tuple[str, str]:
    found = when_asked(text, now, HOLIDAYS)
    return found.moment.strftime("%m-%d %H:%M"), found.words


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("지금 문 연 약국", "11-20 14:00"),
        ("밤 11시에 여는 약국", "11-20 23:00"),
        ("밤10시까지 하는 이비인후과", "11-20 21:30"),
        ("야간진료 내과", "11-20 19:30"),
        ("새벽에 여는 약국", "11-21 03:00"),
        ("오늘 저녁 7시 반", "11-20 19:30"),
        ("내일 오전에 하는 내과", "11-21 10:00"),
        ("내일 3시에 가도 되나", "11-21 15:00"),
        ("토요일 오후에 여는 데", "11-21 15:00"),
        ("다음 주 토요일 9시", "11-28 09:00"),
        ("22:30에 여는 약국", "11-20 22:30"),
        ("밤 1시 약국", "11-21 01:00"),
    ],
)
def test_a_time_of_day(text: str, moment: str) -> None:
    assert asked(text)[0] == moment


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("일요일에 여는 약국", "11-22", "일요일(11월 22일)"),
        ("주말에도 하는 치과", "11-21", "토요일(11월 21일)"),
        ("추석 당일에 하는 병원", "09-15", "추석(9월 15일)"),
        ("크리스마스에 여는 약국", "12-25", "성탄절(12월 25일)"),
        ("공휴일 진료하는 소아과", "12-25", "공휴일(12월 25일)"),
    ],
)
def test_a_day_without_a_time_is_the_whole_day(text: str, day: str, words: str) -> None:
    found = when_asked(text, FRIDAY, HOLIDAYS)
    assert (found.moment.strftime("%m-%d"), found.words, found.whole_day, found.given) == (day, words, True, True)


@pytest.mark.parametrize("text", ["새벽에 여는 약국", "밤에 하는 소아과", "심야약국", "오늘 일요일인데 문 연 소아과"])
def test_the_part_of_the_day_it_already_is_means_now(text: str) -> None:
    found = when_asked(text, NIGHT, HOLIDAYS)
    assert (found.moment, found.words) == (NIGHT, "지금")


@pytest.mark.parametrize(
    "text",
    [
        "강남역 내과 추천",
        "24시간 약국",
        "2시간 전부터 아파요",
        "65세 어머니",
        "밤새 아팠어요",
        "휴일지킴이약국이 뭐예요",
    ],
)
def test_without_a_time_it_is_about_now_and_says_that_none_was_given(text: str) -> None:
    found = when_asked(text, FRIDAY, HOLIDAYS)
    assert (found.moment, found.given) == (FRIDAY, False)


def test_a_weekday_by_name_is_the_day_even_on_that_day() -> None:
    found = when_asked("일요일에 여는 약국", NIGHT, HOLIDAYS)
    assert (found.words, found.whole_day) == ("일요일(11월 22일)", True)
    assert when_asked("일요일인데 여는 약국", NIGHT, HOLIDAYS).words == "지금"


def test_a_feast_no_list_knows_is_not_guessed() -> None:
    assert not when_asked("설날에 여는 약국", FRIDAY, HOLIDAYS).given


@given(st.text(max_size=60), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_any_text_has_a_moment_within_the_known_years(text: str, now: datetime) -> None:
    found = when_asked(text, now.replace(tzinfo=SEOUL), HOLIDAYS)
    assert abs((found.moment.date() - now.date()).days) < 800
    assert found.words
