"""Which parts of a text tell of somebody's state now, and which speak of the past, of learning, of stories.

Korean leaves the subject out and puts the mood at the end, so a text is cut at clause endings and each clause judged by
the words it holds. What is left out here no rule of findings sees; rules about a person's background see everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from services.safety.red_flags.lexicon import SCOPE, pattern
from services.safety.red_flags.spelling import folded, mended
from services.safety.text import compact, normalised

_ENDS_IN_N = "".join(chr(code) for code in range(0xAC00, 0xD7A4) if (code - 0xAC00) % 28 == 4)
_DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
_CUT = re.compile(
    rf"[.?!]+\s*|\n+|(?<![가])(?:[{_ENDS_IN_N}]데(?:요|도)?|지만|니다|니까|[어아해네세죠군대래여]요|거든요?|구요|고요)(?=[^.?!]|$)\s*|(?<![필중주수])요\s+"
    r"|(?:[다음함임됨]|[었았했졌렸났왔갔됐겠싶있없같][어네])\s+|(?:하다가|먹다가|보다가|다가)\s*"
)
_PLACE_WORDS = re.compile(r"한?가운데|한데|군데")
_NOT_KEPT = re.compile(r"[^0-9a-z가-힣ㄱ-ㅎ·.?%]")

_IDIOMS = pattern(SCOPE["idioms"])
_NOW = pattern(SCOPE["now"])
_PAST = pattern(SCOPE["past"])
_LEARNING = pattern(SCOPE["learning"])
_STORY = pattern(SCOPE["story"])
_DONE = pattern(SCOPE["done"])
_EASED = pattern(SCOPE["eased"])
_NOBODY = pattern(SCOPE["nobody"])
_ASKED = pattern(SCOPE["asked"])
_TOLD = pattern(SCOPE["told"])
_ANIMAL = pattern(SCOPE["animal"])
_VET = pattern(SCOPE["vet"])
_PERSON = pattern(SCOPE["person"])
_GRAVE = pattern(SCOPE["grave"])


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in matching form: ``live`` what is told as happening, ``whole`` everything."""

    live: str
    whole: str


def read(text: str) -> Reading:
    """Reads one turn of the conversation."""
    clauses = [clause for clause in map(_matchable, _clauses(text)) if clause]
    whole = "/" + "".join(clauses)
    return Reading(live="/" + "".join(_live(clauses)), whole=whole)


def _clauses(text: str) -> list[str]:
    protected = _DECIMAL.sub("·", normalised(text))
    found, begin = [], 0
    for cut in _CUT.finditer(protected):
        if _PLACE_WORDS.search(protected, max(begin, cut.start() - 3), cut.end()):
            continue
        found.append(protected[begin : cut.end()])
        begin = cut.end()
    return [*found, protected[begin:]]


def _matchable(clause: str) -> str:
    lowered = "·".join(map(compact, clause.split("·")))
    return mended(_NOT_KEPT.sub("", folded(lowered).replace("!", ".").replace(",", "")))


def _live(clauses: list[str]) -> list[str]:
    """The clauses that tell of now; a left-out one leaves a barrier behind."""
    if _tells_of_nobody("/" + "".join(clauses)):
        return []
    kept = _without_sentences(_without_idioms(clauses), _STORY)
    over = (_DONE,) if _GRAVE.search("".join(kept)) else (_DONE, _EASED)
    done = max((i for i, clause in enumerate(kept) if any(sign.search(clause) for sign in over)), default=-1)
    return ["/" if i <= done or _elsewhere(clause) else clause for i, clause in enumerate(kept)]


def _tells_of_nobody(whole: str) -> bool:
    """True for a turn that only asks to learn, or speaks of an animal alone."""
    if _NOBODY.search(whole):
        return True
    if _ASKED.search(whole) and not _TOLD.search(whole):
        return True
    return bool(_VET.search(whole)) and not _PERSON.search(whole)


def _without_idioms(clauses: list[str]) -> list[str]:
    """Clauses with figures of speech blanked out, also those that run across a cut."""
    whole = _IDIOMS.sub(lambda match: "/" * len(match.group()), "".join(clauses))
    ends = list(accumulate(map(len, clauses)))
    return [whole[end - len(clause) : end] for clause, end in zip(clauses, ends, strict=True)]


def _without_sentences(clauses: list[str], marker: re.Pattern[str]) -> list[str]:
    """Clauses with those of a marked sentence emptied."""
    kept: list[str] = []
    sentence: list[str] = []
    for clause in [*clauses, "."]:
        sentence.append(clause)
        if clause.endswith((".", "?")):
            kept += ["/"] * len(sentence) if marker.search("".join(sentence)) else sentence
            sentence = []
    return kept


def _elsewhere(clause: str) -> bool:
    """True for a clause about an animal, the past or knowledge, unless it says that it is happening."""
    if _ANIMAL.search(clause) and not _PERSON.search(clause):
        return True
    return bool((_PAST.search(clause) or _LEARNING.search(clause)) and not _NOW.search(clause))
