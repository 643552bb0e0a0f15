"""When a question is about: time words, relative to now in Seoul, as the moment to judge opening hours at.

A day without a part of it ("일요일에 하는 약국") asks about the whole day; without any time word, about now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.clinic.opening_hours import SEOUL

WEEKDAYS = "월화수목금토일"
_SATURDAY, _SUNDAY = 5, 6
# Reception usually ends half an hour before closing, so "open until ten" is judged at half past nine.
_BEFORE_CLOSING = timedelta(minutes=30)

# The hour that stands for a part of the day; the first that fits counts.
_PARTS: tuple[tuple[re.Pattern[str], int, int, str], ...] = tuple(
    (re.compile(pattern), hour, minute, name)
    for pattern, hour, minute, name in (
        (r"새벽|꼭두새벽", 3, 0, "새벽"),
        (r"심야|한밤|자정|밤늦|늦은밤|밤중", 23, 30, "심야"),
        (r"아침", 8, 30, "아침"),
        (r"오전", 10, 0, "오전"),
        (r"점심|낮12시", 12, 30, "점심시간"),
        (r"저녁|퇴근", 19, 0, "저녁"),
        (r"야간진료", 19, 30, "저녁"),
        (r"(?<!지난)밤(?!새|사이)|야간", 21, 0, "밤"),
        (r"오후|대낮|한낮|낮에", 15, 0, "오후"),
    )
)
_HOUR = re.compile(
    r"(?P<part>오전|오후|아침|점심|낮|저녁|밤|새벽|심야)?(?P<hour>[01]?\d|2[0-4])(?:시(?P<half>반|[0-5]?\d분)?|:(?P<minute>[0-5]\d))"
    r"(?!간)(?P<until>까지|넘|이후|지나)?"
)
_NOW = re.compile(r"지금|현재|당장|바로|이시간|요시간")
# On a Sunday "일요일인데" means now, "일요일에 여는" still the day.
_TODAY = re.compile(rf"{_NOW.pattern}|오늘|금일|이따|요일인데|욜인데|요일이라|휴일인데|연휴인데")
_WEEKDAY = re.compile(r"(?P<next>다음주|담주)?(?:이번주)?(?P<day>[월화수목금토일])(?:요일|욜)")
_WEEKEND = re.compile(r"주말")
_ANY_HOLIDAY = re.compile(r"공휴일|빨간날|휴일(?!지킴)|연휴")
_FEASTS: tuple[tuple[str, str], ...] = (
    (r"추석|한가위", "추석"),
    (r"설날|구정|설연휴|명절", "설날"),
    (r"크리스마스|성탄", "기독탄신일"),
    (r"어린이날", "어린이날"),
    (r"신정|1월1일|새해첫날", "1월1일"),
    (r"석가탄신일|부처님오신날", "부처님오신날"),
    (r"삼일절|3\.?1절", "삼일절"),
    (r"현충일", "현충일"),
    (r"광복절", "광복절"),
    (r"개천절", "개천절"),
    (r"한글날", "한글날"),
)
_CALLED = {"기독탄신일": "성탄절", "1월1일": "새해 첫날"}
_AHEAD = ((r"글피", 3), (r"모레|낼모레", 2), (r"내일|낼", 1), (r"오늘|금일|이따", 0))


@dataclass(frozen=True, slots=True)
class Asked:
    """The moment a question is about, and how an answer names it."""

    moment: datetime
    words: str
    # The question speaks of time at all; without it, "now" is only our guess.
    given: bool = True
    # A day as a whole: any opening on it counts.
    whole_day: bool = False


def when_asked(text: str, now: datetime, holidays: Mapping[date, str]) -> Asked:
    """The moment ``text`` is about. ``now`` carries a time zone; ``holidays`` are the known public holidays."""
    solid, local = re.sub(r"\s", "", text), now.astimezone(SEOUL)
    day, day_words = _day(solid, local.date(), holidays)
    hour = _hour(solid)
    if hour:
        return _at_hour(local, day, day_words, hour)
    if day is None or (day == local.date() and _TODAY.search(solid)):
        return Asked(local, "지금", given=day is not None or bool(_NOW.search(solid)))
    return Asked(datetime.combine(day, time(12), SEOUL), day_words, whole_day=True)


@dataclass(frozen=True, slots=True)
class _Hour:
    """A time of day: since midnight, how to say it, and the part of the day when no hour was said."""

    since_midnight: timedelta
    words: str
    part: str = ""


def _at_hour(local: datetime, day: date | None, day_words: str, hour: _Hour) -> Asked:
    """A time of day on the day asked about, or the next such time when no day was said."""
    moment = datetime.combine(day or local.date(), time(), SEOUL) + hour.since_midnight
    if day is None or day == local.date():
        if _same_part(local, hour.part):
            return Asked(local, "지금")
        if moment < local and day is None:
            moment += timedelta(days=1)
        day_words = "오늘" if moment.date() == local.date() else "내일"
    return Asked(moment, f"{day_words} {hour.words}".strip())


_LASTS = {"새벽": (0, 6), "심야": (22, 30), "밤": (20, 29), "저녁": (18, 22), "오후": (13, 18), "오전": (7, 12)}


def _same_part(local: datetime, part: str) -> bool:
    """Whether it is that part of the day already: "새벽에 여는 약국", asked at two in the night, means now."""
    begin, end = _LASTS.get(part, (0, 0))
    return begin <= local.hour < end or begin <= local.hour + 24 < end


def _day(solid: str, today: date, holidays: Mapping[date, str]) -> tuple[date | None, str]:
    """The day a text names and how to say it; (None, "") when it names none."""
    for pattern, name in _FEASTS:
        if re.search(pattern, solid):
            return _dated(_feast(name, today, holidays), _CALLED.get(name, name))
    weekday = _WEEKDAY.search(solid)
    if weekday:
        return _dated(_next(WEEKDAYS.index(weekday["day"]), today, bool(weekday["next"])), f"{weekday['day']}요일")
    if _WEEKEND.search(solid):
        on = today if today.weekday() >= _SATURDAY else _next(_SATURDAY, today, False)
        return _dated(on, f"{WEEKDAYS[on.weekday()]}요일")
    if _ANY_HOLIDAY.search(solid):
        return _dated(min((on for on in holidays if on >= today), default=None), "공휴일")
    for pattern, ahead in _AHEAD:
        if re.search(pattern, solid):
            return today + timedelta(days=ahead), ("오늘", "내일", "모레", "글피")[ahead]
    return None, ""


def _dated(on: date | None, words: str) -> tuple[date | None, str]:
    return (on, f"{words}({on.month}월 {on.day}일)") if on else (None, "")


def _next(weekday: int, today: date, next_week: bool) -> date:
    """The coming such weekday, today included; "다음 주" is the one of the week that begins with next Monday."""
    if next_week:
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _feast(name: str, today: date, holidays: Mapping[date, str]) -> date | None:
    """The coming feast by its name; of one that lasts three days, the middle."""
    days = sorted(on for on, called in holidays.items() if called == name and on >= today)
    if not days:
        return None
    together = [on for on in days if (on - days[0]).days < 7]
    return together[1] if len(together) == 3 else together[0]


def _hour(solid: str) -> _Hour | None:
    """The time of day a text names: an hour, else the hour that stands for a part of the day."""
    match = _HOUR.search(solid)
    if match:
        return _spoken_hour(match)
    for pattern, hour, minute, name in _PARTS:
        if pattern.search(solid):
            return _Hour(timedelta(hours=hour, minutes=minute), f"{name}({hour:02d}:{minute:02d} 기준)", name)
    return None


def _spoken_hour(match: re.Match[str]) -> _Hour:
    hour = _of_day(int(match["hour"]), match["part"] or "", bool(match["until"]))
    half = match["half"] or ""
    minute = 30 if half == "반" else int(half.removesuffix("분") or match["minute"] or 0)
    until = match["until"] == "까지"
    since_midnight = timedelta(hours=hour, minutes=minute)
    words = f"{hour % 24:02d}:{minute:02d}{'까지' if until else ''}"
    return _Hour(since_midnight - _BEFORE_CLOSING if until else since_midnight, words)


def _of_day(hour: int, part: str, until: bool) -> int:
    """The hour on a 24-hour clock. Bare hours mean the time when facilities are open: 9시 morning, 3시 afternoon."""
    if hour > 12 or part in ("오전", "아침", "새벽"):
        return hour
    if part in ("밤", "심야", "저녁"):
        return hour + 12 if 5 <= hour < 12 else 24 if hour == 12 else hour + 24 if hour < 5 else hour
    if part in ("오후", "낮", "점심"):
        return hour % 12 + 12
    return hour + 12 if hour < 7 or (until and hour < 12) else hour
