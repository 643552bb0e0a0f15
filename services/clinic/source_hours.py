"""Reads opening hours as the official exports write them: HIRA's columns and the National Medical Center's.

Times are "0900", "900", "09:00", "2400" or, past midnight, "2500". HIRA leaves a day of rest blank, so a blank weekday
among known ones is read as rest; when every day is blank, nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from services.clinic.opening_hours import HOLIDAY, MIDNIGHT, Day, Week
from services.storage.exports import RowError

SATURDAY, SUNDAY = 5, 6
_HIRA_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LATEST = 30 * 60
# A reception that ends longer than this before closing belongs to the shorter days of the same week.
_RECEPTION_REACH = 90
_TIME = re.compile(r"(\d{1,2}):?(\d{2})|\d")
_SPAN = re.compile(r"\s*(\d{1,2}:?\d{2})\s*[~\-–]\s*(\d{1,2}:?\d{2})\s*")

Row = Mapping[str, Any]


def minute_of(value: str, field: str) -> int | None:
    """Minutes since midnight, None for a blank. Raises :class:`RowError` for what is not a time up to 30:00."""
    text = value.strip()
    if not text:
        return None
    match = _TIME.fullmatch(text)
    hours, minutes = (int(match[1] or 0), int(match[2] or 0)) if match else (99, 99)
    if minutes > 59 or hours * 60 + minutes > _LATEST or (match and not match[2] and text != "0"):
        raise RowError(field, "is not a time")
    return hours * 60 + minutes


def span_of(value: str, field: str) -> tuple[int, int] | None:
    """The two times of "12:30~13:30"; None for words such as "점심시간 없음" and for a blank."""
    if not any(char.isdigit() for char in value):
        return None
    match = _SPAN.fullmatch(value)
    begin, end = (minute_of(match[1], field), minute_of(match[2], field)) if match else (None, None)
    if begin is None or end is None:
        raise RowError(field, "is not a span of time")
    return begin, end + MIDNIGHT if end < begin else end


def hira_week(row: Row) -> Week:
    """The week of a row of HIRA's detail export. Raises :class:`RowError` naming the column."""
    spans = [_columns(row, f"trmt{day}Start", f"trmt{day}End") for day in _HIRA_DAYS]
    if not any(spans[:SUNDAY]):
        sunday = _open(spans[SUNDAY]) or _rest(row, "noTrmtSun")
        return Week((*(None,) * 6, sunday, _rest(row, "noTrmtHoli")))
    breaks = [_breaks(row, "Sat" if number == SATURDAY else "Week") for number in range(SUNDAY)]
    days: list[Day | None] = [_open(span, *pauses) or Day() for span, pauses in zip(spans, breaks, strict=False)]
    days.append(_open(spans[SUNDAY]) or _rest(row, "noTrmtSun"))
    as_usual = str(row.get("noTrmtHoli", "")).startswith("정상")
    return Week((*days, _rest(row, "noTrmtHoli")), _remarks(row, days), as_usual)


def with_moonlight(week: Week, row: Row) -> Week:
    """The week with the evening, Saturday, Sunday and holiday hours of the 달빛어린이병원 list added."""
    spans = {key: span_of(str(row.get(key, "")), key) for key in ("weekday", "saturday", "sundayHoliday")}
    keys = ("weekday",) * 5 + ("saturday", "sundayHoliday", "sundayHoliday")
    days = tuple(_joined(day, spans[key]) for day, key in zip(week.days, keys, strict=True))
    silent = tuple((number, words) for number, words in week.remarks if days[number] is None)
    return Week(days, silent, week.holidays_as_usual)


def nemc_week(row: Row) -> Week:
    """The week of a pharmacy: a day without times is a day of rest, but without a holiday row holidays are unknown."""
    days = [_open(_columns(row, f"dutyTime{n}s", f"dutyTime{n}c")) for n in range(1, HOLIDAY + 2)]
    if not any(days):
        return Week()
    return Week((*(day or Day(rest="휴무") for day in days[:HOLIDAY]), days[HOLIDAY]))


def _columns(row: Row, begin: str, end: str) -> tuple[int, int] | None:
    """A day's two columns; None unless both are filled. 0900–0200 ends on the next day."""
    opens, closes = minute_of(str(row.get(begin, "")), begin), minute_of(str(row.get(end, "")), end)
    if opens is None or closes is None or opens == closes:
        return None
    return opens, closes + MIDNIGHT if closes < opens else closes


def _breaks(row: Row, days: str) -> tuple[tuple[int, int] | None, int | None]:
    """Lunch and the end of reception, which HIRA gives once for Monday to Friday and once for Saturday."""
    lunch, reception = (span_of(str(row.get(f"{name}{days}", "")), f"{name}{days}") for name in ("lunch", "rcv"))
    return lunch, reception and reception[1]


def _open(
    span: tuple[int, int] | None, lunch: tuple[int, int] | None = None, last_reception: int | None = None
) -> Day | None:
    if span is None:
        return None
    opens, closes = span
    inside = lunch if lunch and opens < lunch[1] and lunch[0] < closes and lunch[0] < lunch[1] else None
    reaches = last_reception is not None and max(opens, closes - _RECEPTION_REACH) <= last_reception < closes
    return Day(opens, closes, inside, last_reception if reaches else None)


def _rest(row: Row, column: str) -> Day | None:
    words = str(row.get(column, ""))
    return Day(rest=words) if "휴진" in words else None


def _remarks(row: Row, days: list[Day | None]) -> tuple[tuple[int, str], ...]:
    """What is said of Sundays without times, e.g. "1,3주 정상진료"."""
    words = str(row.get("noTrmtSun", ""))
    return ((SUNDAY, f"{words}(시간 정보 없음)"),) if words and days[SUNDAY] is None else ()


def _joined(day: Day | None, span: tuple[int, int] | None) -> Day | None:
    """A day's hours with a span that touches or overlaps them, else the longer of the two."""
    if span is None:
        return day
    if day is None or day.closed:
        return Day(*span)
    if span[0] > day.closes or span[1] < day.opens:
        return day if day.closes - day.opens >= span[1] - span[0] else Day(*span)
    longer = span[1] > day.closes
    last = None if longer else day.last_reception
    return Day(min(day.opens, span[0]), max(day.closes, span[1]), day.lunch, last)
