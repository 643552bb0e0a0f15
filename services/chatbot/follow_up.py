"""Makes a follow-up question stand alone: "그럼 아이는요?" after "타이레놀 하루에 몇 알까지 먹어요?".

Three shapes are understood. A question about another person keeps the whole earlier question and adds the person. A
question that names another thing ("그럼 이부프로펜은요?") takes the place of the earlier question's subject. A question
that only points back ("그 약은 언제 먹어요?") carries the earlier question in front of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OPENING = re.compile(r"^(그럼|그러면|그렇다면|그런데|근데|그래도|혹시|아니|그리고|또)[\s,]*")
_POINTING = re.compile(
    r"그\s?(약|거|것|병원|약국|증상|검사|과|때|건)|이\s?(약|거|것)|저\s?(약|거)|거기|그건|이건|그게|이게|둘 다"
)
_SHORT_ENDING = re.compile(
    r"(은|는|도|이|가)?\s*(요|어때요?|어떤가요|어떻게 (되나요|돼요|해요|하나요)|되나요|돼요|괜찮나요|괜찮아요)?"
    r"\s*[?？!.]*$"
)
_PERSON = re.compile(
    r"(아이|아기|애기|애|어린이|유아|영아|소아|아들|딸|손주|임산부|임신부|임신|수유|모유|노인|어르신|할머니|할아버지"
    r"|엄마|아빠|어머니|아버지|남편|아내|청소년|\d+\s?(살|세|개월|주)|간이? ?(안|나쁘)|신장|콩팥|당뇨|고혈압)"
)
_CONTINUING = 14  # characters: a question this short with an opening word has no subject of its own
_SUBJECT = re.compile(r"^\S+?(?:은|는|이|가|을|를|이랑|랑|하고|과|와)?(?=\s)")


def standalone(question: str, earlier: Sequence[str]) -> str:
    """The question with what it takes from the person's earlier questions (oldest first, themselves as written)."""
    previous = ""
    for said in earlier:
        previous = _joined(said.strip(), previous)
    return _joined(question.strip(), previous)


def _joined(question: str, previous: str) -> str:
    if not previous:
        return question
    opened = _OPENING.match(question)
    rest = question[opened.end() :] if opened else question
    if _elliptical(rest, opened is not None):
        subject = _SHORT_ENDING.sub("", rest).strip()
        if _PERSON.search(subject) or not subject:
            return f"{subject} {previous}".strip()
        return _SUBJECT.sub(subject, previous, count=1) if " " in previous else f"{subject} {previous}"
    if _POINTING.search(rest) and len(rest) < 60:
        return f"{previous} {rest}"
    return question


def _elliptical(rest: str, opened: bool) -> bool:
    """Whether the question is a bare noun with an ending: "아이는요?", "이부프로펜은요", and opens like a follow-up."""
    words = rest.split()
    bare = bool(re.search(r"(은|는|도)\s?요?\s*[?？]*$", rest)) and len(words) <= 3
    return bare or (opened and len(rest) <= _CONTINUING and len(words) <= 2)
