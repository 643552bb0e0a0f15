"""Hours as the exports write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinic.opening_hours import Day, Week
from services.clinic.source_hours import hira_week, minute_of, nemc_week, span_of, with_moonlight
from services.storage.exports import RowError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def hira(begin: str = "0900", end: str = "1800", **others: str) -> dict[str, str]:
    row = {f"trmt{day}{edge}": "" for day in (*WEEKDAYS, "Sat", "Sun") for edge in ("Start", "End")}
    row |= {f"trmt{day}Start": begin for day in WEEKDAYS} | {f"trmt{day}End": end for day in WEEKDAYS}
    return row | {"noTrmtSun": "휴진", "noTrmtHoli": "휴진"} | others


@pytest.mark.parametrize(
    ("text", "minute"),
    [("0900", 540), ("900", 540), ("09:00", 540), ("9:30", 570), ("0", 0), ("2400", 1440), ("2500", 1500), ("", None)],
)
def test_times(text: str, minute: int | None) -> None:
    assert minute_of(text, "t") == minute


@pytest.mark.parametrize("text", ["2599", "9", "25", "abc", "3100", "09:0", "09000", "-900", "09h"])
def test_what_is_no_time_is_refused_by_field(text: str) -> None:
    with pytest.raises(RowError) as refused:
        minute_of(text, "trmtMonStart")
    assert refused.value.field == "trmtMonStart"


@given(st.text(max_size=8))
def test_any_text_is_a_time_up_to_thirty_hours_or_refused(text: str) -> None:
    try:
        minute = minute_of(text, "t")
    except RowError:
        return
    assert minute is None or 0 <= minute <= 1800


def test_spans() -> None:
    assert span_of("12:30~13:30", "lunchWeek") == (750, 810)
    assert span_of("18:00 ~ 02:00", "weekday") == (1080, 1560)
    assert span_of("점심시간 없음", "lunchWeek") is None
    with pytest.raises(RowError):
        span_of("12시~1시", "lunchWeek")


class TestHira:
    def test_a_plain_week(self) -> None:
        week = hira_week(hira(lunchWeek="13:00~14:00", rcvWeek="08:30~17:30", trmtSatStart="900", trmtSatEnd="1300"))
        assert week.days[0] == Day(540, 1080, (780, 840), 1050)
        assert week.days[5] == Day(540, 780)
        assert week.days[6:] == (Day(rest="휴진"), Day(rest="휴진"))

    def test_a_blank_saturday_among_known_days_is_rest(self) -> None:
        saturday = hira_week(hira()).days[5]
        assert saturday is not None
        assert saturday.closed

    def test_all_blank_is_unknown_but_a_stated_rest_stays(self) -> None:
        week = hira_week(hira("", "", noTrmtHoli=""))
        assert week.days == (None,) * 6 + (Day(rest="휴진"), None)

    def test_sundays_by_turns_are_unknown_with_a_remark(self) -> None:
        week = hira_week(hira(noTrmtSun="1,3주 정상진료"))
        assert week.days[6] is None
        assert week.remarks == ((6, "1,3주 정상진료(시간 정보 없음)"),)

    def test_a_silent_holiday_is_unknown(self) -> None:
        assert hira_week(hira(noTrmtHoli="")).days[7] is None

    def test_holidays_worked_as_usual(self) -> None:
        assert hira_week(hira(noTrmtHoli="정상진료")).holidays_as_usual

    def test_reception_of_ordinary_days_does_not_cut_a_long_evening(self) -> None:
        week = hira_week(hira(rcvWeek="08:40~17:30", trmtMonEnd="2030"))
        monday, tuesday = week.days[:2]
        assert monday is not None
        assert tuesday is not None
        assert (monday.last_reception, tuesday.last_reception) == (None, 1050)

    def test_lunch_after_a_half_day_does_not_count(self) -> None:
        wednesday = hira_week(hira(lunchWeek="13:00~14:00", trmtWedEnd="1300")).days[2]
        assert wednesday == Day(540, 780)

    def test_past_midnight_either_way(self) -> None:
        assert hira_week(hira("1800", "2500")).days[0] == hira_week(hira("1800", "0100")).days[0] == Day(1080, 1500)

    def test_a_bad_time_names_its_column(self) -> None:
        with pytest.raises(RowError) as refused:
            hira_week(hira(trmtTueEnd="18시"))
        assert refused.value.field == "trmtTueEnd"


class TestMoonlight:
    LISTED = {"weekday": "18:00~23:00", "saturday": "09:00~18:00", "sundayHoliday": "10:00~18:00"}  # noqa: RUF012

    def test_evenings_join_the_day(self) -> None:
        assert with_moonlight(hira_week(hira()), self.LISTED).days[0] == Day(540, 1380)

    def test_sundays_and_holidays_are_worked(self) -> None:
        assert with_moonlight(hira_week(hira()), self.LISTED).days[6:] == (Day(600, 1080), Day(600, 1080))

    def test_alone_they_are_the_week(self) -> None:
        assert with_moonlight(Week(), self.LISTED).days[5] == Day(540, 1080)


class TestPharmacies:
    def test_a_missing_sunday_is_rest_and_a_missing_holiday_unknown(self) -> None:
        row = {f"dutyTime{n}{edge}": time for n in range(1, 7) for edge, time in (("s", "900"), ("c", "2500"))}
        week = nemc_week(row)
        assert week.days[0] == Day(540, 1500)
        assert week.days[6] == Day(rest="휴무")
        assert week.days[7] is None

    def test_no_times_at_all_is_unknown(self) -> None:
        assert nemc_week({}) == Week()
