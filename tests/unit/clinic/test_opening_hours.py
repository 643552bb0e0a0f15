"""Open, closed or unknown at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinic.opening_hours import (
    MIDNIGHT,
    SEOUL,
    Day,
    State,
    Week,
    clock,
    hours_text,
    judge,
    packed,
    unpacked,
    week_text,
)

FRIDAY = date(2026, 11, 20)
CHRISTMAS = date(2026, 12, 25)
ORDINARY = Day(9 * 60, 18 * 60, (13 * 60, 14 * 60), 17 * 60 + 30)
LATE = Day(9 * 60, 25 * 60)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SEOUL)


def weekdays(
    day: Day | None, saturday: Day | None = None, sunday: Day | None = None, holiday: Day | None = None
) -> Week:
    return Week((day, day, day, day, day, saturday, sunday, holiday))


@pytest.mark.parametrize(
    ("hour", "minute", "state", "note"),
    [
        (8, 59, State.CLOSED, "09:00부터"),
        (9, 0, State.OPEN, "18:00까지"),
        (12, 59, State.OPEN, "18:00까지"),
        (13, 0, State.CLOSED, "점심시간 13:00~14:00"),
        (14, 0, State.OPEN, "18:00까지"),
        (17, 30, State.CLOSED, "접수 마감 17:30"),
        (18, 0, State.CLOSED, "18:00에 마감"),
    ],
)
def test_an_ordinary_friday(hour: int, minute: int, state: State, note: str) -> None:
    judgement = judge(weekdays(ORDINARY), at(FRIDAY, hour, minute), ())
    assert (judgement.state, judgement.note) == (state, note)


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (at(FRIDAY, 23, 59), State.OPEN),
        (at(FRIDAY + timedelta(days=1), 0, 59), State.OPEN),
        (at(FRIDAY + timedelta(days=1), 1, 0), State.CLOSED),
    ],
)
def test_a_shift_goes_on_past_midnight(moment: datetime, state: State) -> None:
    assert judge(weekdays(LATE, saturday=Day(rest="휴무")), moment, ()).state is state


def test_the_note_past_midnight_names_the_next_day() -> None:
    assert judge(weekdays(LATE), at(FRIDAY, 22), ()).note == "익일 01:00까지"


def test_a_day_of_rest_says_so_in_the_words_of_the_source() -> None:
    week = weekdays(ORDINARY, sunday=Day(rest="휴진(응급실 운영)"))
    assert judge(week, at(date(2026, 11, 22), 10), ()).note == "오늘 휴진(응급실 운영)"
    assert judge(week, at(date(2026, 11, 22), 10), (), called="일요일").note == "일요일 휴진(응급실 운영)"


def test_around_the_clock() -> None:
    week = weekdays(Day(0, MIDNIGHT))
    assert judge(week, at(FRIDAY, 3), ()).note == "24시간"


def test_nothing_known_is_unknown_not_closed() -> None:
    judgement = judge(Week(), at(FRIDAY, 10), ())
    assert (judgement.state, judgement.note) == (State.UNKNOWN, "운영시간 정보 없음")


def test_a_remark_stands_in_for_unknown_times() -> None:
    week = Week((ORDINARY,) * 6 + (None, None), ((6, "1,3주 정상진료(시간 정보 없음)"),))
    judgement = judge(week, at(date(2026, 11, 22), 10), ())
    assert (judgement.state, judgement.note) == (State.UNKNOWN, "1,3주 정상진료(시간 정보 없음)")


class TestHolidays:
    def test_the_holiday_row_rules(self) -> None:
        week = weekdays(ORDINARY, holiday=Day(10 * 60, 14 * 60))
        assert judge(week, at(CHRISTMAS, 9, 30), {CHRISTMAS}).state is State.CLOSED
        assert judge(week, at(CHRISTMAS, 13, 30), {CHRISTMAS}).state is State.OPEN

    def test_without_a_holiday_row_it_is_unknown(self) -> None:
        assert judge(weekdays(ORDINARY), at(CHRISTMAS, 10), {CHRISTMAS}).state is State.UNKNOWN

    def test_worked_as_usual_means_the_row_of_the_weekday(self) -> None:
        week = Week(weekdays(ORDINARY).days, holidays_as_usual=True)
        assert judge(week, at(CHRISTMAS, 10), {CHRISTMAS}).state is State.OPEN

    def test_the_tail_of_a_holiday_night_follows_the_holiday_row(self) -> None:
        week = weekdays(ORDINARY, saturday=ORDINARY, holiday=LATE)
        assert judge(week, at(CHRISTMAS + timedelta(days=1), 0, 30), {CHRISTMAS}).state is State.OPEN


def test_a_moment_elsewhere_is_judged_in_korean_time() -> None:
    assert judge(weekdays(ORDINARY), datetime(2026, 11, 20, 1, 0, tzinfo=UTC), ()).state is State.OPEN


def test_the_week_in_words() -> None:
    week = weekdays(Day(540, 1080), Day(540, 780), Day(rest="휴진"), Day(rest="휴진"))
    assert week_text(week) == "월~금 09:00~18:00, 토 09:00~13:00, 일·공휴일 휴진"
    assert hours_text(None) == ""
    assert [clock(minute) for minute in (0, 1320, 1440, 1500)] == ["00:00", "22:00", "24:00", "익일 01:00"]


minutes = st.integers(0, 30 * 60)


@st.composite
def days(draw: st.DrawFn) -> Day | None:
    opens, closes = draw(minutes), draw(minutes)
    lunch = draw(st.none() | st.tuples(minutes, minutes))
    return draw(
        st.sampled_from([None, Day(rest="휴진"), Day(min(opens, MIDNIGHT), closes, lunch, draw(st.none() | minutes))])
    )


weeks = st.builds(Week, st.tuples(*(days() for _ in range(8))), st.just(((6, "격주"),)), st.booleans())
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=SEOUL))


@given(weeks, moments)
def test_every_moment_has_exactly_one_state_and_says_why(week: Week, moment: datetime) -> None:
    judgement = judge(week, moment, {CHRISTMAS})
    assert judgement.state in State
    assert judgement.note
    if judgement.state is State.OPEN:
        assert judgement.note.endswith(("까지", "24시간"))


@given(weeks, moments)
def test_open_only_within_a_row_of_this_day_or_the_night_before(week: Week, moment: datetime) -> None:
    if judge(week, moment, ()).state is State.OPEN:
        minute = moment.hour * 60 + moment.minute
        today, before = week.days[moment.weekday()], week.days[(moment.weekday() - 1) % 7]
        assert (today and today.opens <= minute < today.closes) or (before and minute + MIDNIGHT < before.closes)


@given(st.integers(0, 20 * 60), st.integers(MIDNIGHT + 1, 30 * 60))
def test_a_night_shift_has_no_gap_at_midnight(opens: int, closes: int) -> None:
    week = weekdays(Day(opens, closes))
    last, first = at(FRIDAY - timedelta(days=1), 23, 59), at(FRIDAY, 0)
    assert judge(week, last, ()).state is State.OPEN
    assert judge(week, first, ()).state is State.OPEN


@given(weeks)
def test_a_week_survives_the_database(week: Week) -> None:
    kept = packed(week)
    assert unpacked(orjson.dumps(kept).decode()) == week


@pytest.mark.parametrize("text", [None, "", "null"])
def test_no_text_is_an_unknown_week(text: str | None) -> None:
    assert unpacked(text) == Week()
