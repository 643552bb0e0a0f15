"""Whether a facility takes patients at a moment, from the week the source publishes.

Times are minutes since midnight of the day a shift begins, so 01:00 of the next day is 1500. A week has eight rows:
Monday to Sunday, then public holidays, as the National Medical Center counts them (dutyTime1 … dutyTime8). A row is a
:class:`Day`, or None where the source is silent: unknown is never read as closed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from functools import lru_cache
from itertools import groupby
from typing import Any

import orjson

# Korea has kept UTC+9 without summer time since 1988.
SEOUL = timezone(timedelta(hours=9), "KST")
MIDNIGHT = 24 * 60
HOLIDAY = 7
DAY_NAMES = ("월", "화", "수", "목", "금", "토", "일", "공휴일")
NO_HOURS = "운영시간 정보 없음"


class State(Enum):
    """Whether a facility takes patients."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Day:
    """One row of a week. ``closes`` ≤ ``opens`` is a day of rest, which ``rest`` words as the source does."""

    opens: int = 0
    closes: int = 0
    lunch: tuple[int, int] | None = None
    last_reception: int | None = None
    rest: str = ""

    @property
    def closed(self) -> bool:
        return self.closes <= self.opens


@dataclass(frozen=True, slots=True)
class Week:
    """Eight rows, and what the source says in words about a row it gives no times for, by the row's number."""

    days: tuple[Day | None, ...] = (None,) * 8
    remarks: tuple[tuple[int, str], ...] = ()
    # True when the source says that public holidays are worked like any other day.
    holidays_as_usual: bool = False

    def row(self, on: date, holidays: Collection[date]) -> int:
        """The number of the row that rules on a day."""
        worked = self.holidays_as_usual and self.days[HOLIDAY] is None
        return HOLIDAY if on in holidays and not worked else on.weekday()

    def day(self, on: date, holidays: Collection[date]) -> Day | None:
        return self.days[self.row(on, holidays)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state at a moment with its reason in Korean, e.g. "22:00까지", "점심시간 13:00~14:00"."""

    state: State
    note: str


def judge(week: Week, moment: datetime, holidays: Collection[date], called: str = "오늘") -> Judgement:
    """The state at ``moment``; ``called`` is how the note speaks of that day. Public holidays follow their own row."""
    local = moment.astimezone(SEOUL)
    minute, yesterday = local.hour * 60 + local.minute, local.date() - timedelta(days=1)
    before = week.day(yesterday, holidays)
    if before and minute + MIDNIGHT < before.closes:
        return _within(before, minute + MIDNIGHT)
    row = week.row(local.date(), holidays)
    today = week.days[row]
    if today is None:
        return Judgement(State.UNKNOWN, dict(week.remarks).get(row) or NO_HOURS)
    if today.closed:
        return Judgement(State.CLOSED, f"{called} {today.rest or '휴진'}")
    return _around(today, minute)


def _around(day: Day, minute: int) -> Judgement:
    if minute < day.opens:
        return Judgement(State.CLOSED, f"{clock(day.opens)}부터")
    if minute >= day.closes:
        return Judgement(State.CLOSED, f"{clock(day.closes)}에 마감")
    return _within(day, minute)


def _within(day: Day, minute: int) -> Judgement:
    """Between opening and closing: lunch and the end of reception still turn patients away."""
    if day.lunch and day.lunch[0] <= minute < day.lunch[1]:
        return Judgement(State.CLOSED, f"점심시간 {span(*day.lunch)}")
    if day.last_reception is not None and minute >= day.last_reception:
        return Judgement(State.CLOSED, f"접수 마감 {clock(day.last_reception)}")
    if day.opens == 0 and day.closes >= MIDNIGHT:
        return Judgement(State.OPEN, "24시간")
    return Judgement(State.OPEN, f"{clock(day.closes)}까지")


def hours_text(day: Day | None) -> str:
    """The hours of a row, e.g. "09:00~18:00"; "" when unknown, the source's words for a day of rest."""
    if day is None:
        return ""
    return (day.rest or "휴진") if day.closed else span(day.opens, day.closes)


def week_text(week: Week) -> str:
    """The whole week, equal neighbours together, e.g. "월~금 09:00~18:00, 토 09:00~13:00, 일 휴진"."""
    remarks = ({HOLIDAY: "평소대로"} if week.holidays_as_usual else {}) | dict(week.remarks)
    told = [
        (name, hours_text(day) or remarks.get(row, ""))
        for row, (name, day) in enumerate(zip(DAY_NAMES, week.days, strict=True))
    ]
    parts = []
    for text, group in groupby(told, key=lambda pair: pair[1]):
        names = [name for name, _ in group]
        if text:
            parts.append(f"{_together(names)} {text}")
    return ", ".join(parts)


def _together(names: list[str]) -> str:
    """Three days or more as a range, unless public holidays are among them."""
    return f"{names[0]}~{names[-1]}" if len(names) > 2 and DAY_NAMES[HOLIDAY] not in names else "·".join(names)


def clock(minute: int) -> str:
    """A time for people: 1320 → "22:00", 1440 → "24:00", 1500 → "익일 01:00"."""
    if minute <= MIDNIGHT:
        return f"{minute // 60:02d}:{minute % 60:02d}"
    return f"익일 {minute // 60 - 24:02d}:{minute % 60:02d}"


def span(begin: int, end: int) -> str:
    return f"{clock(begin)}~{clock(end)}"


def packed(week: Week) -> dict[str, Any] | None:
    """The week as the database keeps it; None when nothing is known."""
    if not any(week.days) and not week.remarks and not week.holidays_as_usual:
        return None
    days = [day and [day.opens, day.closes, day.lunch, day.last_reception, day.rest] for day in week.days]
    return {"days": days, "remarks": week.remarks, "holidays_as_usual": week.holidays_as_usual}


@lru_cache(maxsize=4096)
def unpacked(text: str | None) -> Week:
    """The week of the database's JSON text. Most facilities share their week with others, so weeks are kept."""
    if not text or text == "null":
        return Week()
    kept = orjson.loads(text)
    days = tuple(_day(row) for row in kept["days"])
    remarks = tuple((int(row), str(words)) for row, words in kept["remarks"])
    return Week(days, remarks, kept["holidays_as_usual"])


def _day(row: list[Any] | None) -> Day | None:
    if row is None:
        return None
    opens, closes, lunch, last, rest = row
    return Day(opens, closes, (lunch[0], lunch[1]) if lunch else None, last, rest)
