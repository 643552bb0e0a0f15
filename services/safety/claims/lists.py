"""Lists of cases that share one predicate: "얼굴은 성형외과, 손은 정형외과가 대안입니다" says two things."""

from __future__ import annotations

import re

# A case and what holds for it, the predicate left out: "손은 정형외과", "30% 이상이면 병원".
# 은 and 는 after a noun; after a verb or an adjective they belong to what follows.
_MARK = (
    r"(?:(?<![같많적좋높낮깊짧작젊싫넓좁맞얇굵받먹담앉넣읽입남])은"
    r"|(?<![하있없되이쓰먹받주오지키치나르우내보않막돕찾가사자드기리])는|면|에는|때는)"
)
_CASE = re.compile(_MARK + r"\s(?:[가-힣A-Za-z0-9~%·]+(?:\s(?:이상|이하|미만|외래|진료))?)$")
_LAST = re.compile(_MARK + r"\s\S.*$")
_TAIL = re.compile(r"(?:에서|으로|로|[이가을를])?\s(?:먼저\s|진료를\s)?[가-힣]+(?:니다|세요)[.!]?\s*$|입니다[.!]?\s*$")


def spread(clause: str) -> list[str]:
    """The cases of a clause, each with the predicate; the clause itself when it is no such list."""
    cases = _cases(clause)
    tail = _TAIL.search(cases[-1])
    if len(cases) < 2 or not tail or not _LAST.search(cases[-1]):
        return [clause]
    if not all(_CASE.search(case) for case in cases[:-1]):
        return [clause]
    return [*(case + tail.group() for case in cases[:-1]), cases[-1]]


def _cases(clause: str) -> list[str]:
    """The clause cut at the commas that end a case: one before which a case has been named."""
    cases: list[str] = []
    open_case = ""
    for piece in clause.split(", "):
        open_case = f"{open_case}, {piece}" if open_case else piece
        if _CASE.search(open_case):
            cases.append(open_case)
            open_case = ""
    return [*cases, open_case] if open_case or not cases else cases
