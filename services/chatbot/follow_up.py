"""Makes a follow-up question stand alone: "그럼 아이는요?" after "타이레놀 하루에 몇 알까지 먹어요?".

A question leans on the conversation when it says so by its form: it ends in the middle ("임산부일 때는?"), points
back ("그 약은"), compares ("아기는 어떻게 달라요?"), begins with what is asked and names nothing ("몇 번 해요?"), or
is a short remark ("오늘 회식이 있어요"). One about another person takes that person's place in the earlier question;
one that names another thing takes the place of its subject; every other carries the earlier question with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.safety.people import A_CHILD

_OPENING = re.compile(r"^(그럼|그러면|그렇다면|그런데|근데|그래도|혹시|아니|그리고|또)[\s,]+")
_POINTING = re.compile(
    r"그\s?(약|거|것|병원|약국|증상|검사|과|때|건|게|치료|수술|주사)|이\s?(약|거|것)|저\s?(약|거)"
    r"|거기|그건|이건|둘 다|같이 먹"
)
_UNFINISHED = re.compile(r"(은|는|도|면|때|땐|건|데)\s*요?\s*[?？~.]*$")
_THING = re.compile(r"(은|는)\s*요?\s*[?？~.]*$")
_THANKS = re.compile(r"^(정말|너무|네|넵|아)?[\s,]*(고마|고맙|감사|ㄱㅅ|땡큐|알겠|thank)", re.IGNORECASE)
_COMPARING = re.compile(r"달라|다른가|다르나|다를까|차이|똑같|마찬가지")
_ASKING_FIRST = re.compile(r"^(몇|얼마|언제|며칠|어떻게|왜|어디서|뭘|뭐|무엇|하루에?\s?몇|한\s?번에|처음|더\s|다시)")
_QUESTION = re.compile(
    r"[?？]|(나요|까요|가요|죠|지요|어요|아요|해요|돼요)[?？]"
    r"|알려|찾아|어디|뭐|무슨|어느|어떻게|추천|궁금|싶|부탁|바랍"
)
_SHORT_ENDING = re.compile(
    r"(은|는|도|이|가)?\s*(요|어때요?|어떤가요|어떻게 (되나요|돼요|해요|하나요|달라요)|되나요|돼요|괜찮나요|괜찮아요)?"
    r"\s*[?？!.]*$"
)
_PERSON = re.compile(
    rf"{A_CHILD}|아기|애기|애(?=는|가|도|한테)|어린이|유아|영아|소아|아들|딸|손주|임산부|임신부|임신|수유|모유|노인|어르신|할머니|할아버지"
    r"|엄마|아빠|어머니|아버지|남편|아내|청소년|\d+\s?(살|세|개월)|간이? ?(안|나쁘)|신장|콩팥|당뇨|고혈압"
)
_OTHER_PERSON = re.compile(r"(?<!\S)(어른|성인|아이|아기|애기|어린이|임산부|노인|어르신)(이|가|은|는|도|한테)?(?=\s)")
_SUBJECT = re.compile(r"^\S+?(?:은|는|이|가|을|를|이랑|랑|하고|과|와)?(?=\s)")
# Longer questions have said what they are about.
_SHORT, _REMARK = 30, 25


def standalone(question: str, earlier: Sequence[str]) -> str:
    """The question with what it takes from the person's earlier questions (oldest first, themselves as written)."""
    previous = ""
    for said in earlier:
        previous = _joined(said.strip(), previous)
    return _joined(question.strip(), previous)


def _joined(question: str, previous: str) -> str:
    opened = _OPENING.match(question)
    rest = question[opened.end() :] if opened else question
    if not previous or not leans(rest, opened is not None):
        return question
    subject = _SHORT_ENDING.sub("", rest).strip()
    if _PERSON.search(rest):
        return f"{rest.rstrip('?？ ')} {_OTHER_PERSON.sub('', previous).strip()}"
    if _THING.search(rest) and len(subject.split()) == 1 and not _POINTING.search(rest) and " " in previous:
        return _SUBJECT.sub(subject, previous, count=1)
    return f"{previous} {rest}"


def leans(rest: str, opened: bool = False) -> bool:
    """Whether a question without its opening word ("그럼") leans on what was said before; thanks never do."""
    if _THANKS.search(rest):
        return False
    if _POINTING.search(rest):
        return len(rest) < 2 * _SHORT
    if len(rest) > _SHORT:
        return False
    forms = (_UNFINISHED, _COMPARING, _ASKING_FIRST)
    remark = len(rest) <= _REMARK and not _QUESTION.search(rest)
    return remark or any(form.search(rest) for form in forms) or (opened and len(rest.split()) <= 2)
