"""Words that are all there and put together wrongly: who does what to whom, which side, what a number belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.safety.claims.clauses import Clause
from services.safety.claims.polarity import Stance
from services.safety.claims.quantities import Quantity
from services.safety.claims.words import Word, alike, direction, light

_TOGETHER = re.compile("함께|같이|병용|동시|금기|간격|띄우")
_CAUSE = re.compile("때문|원인|탓")
_FIRST = re.compile("먼저|우선|부터|처음")
_IF = re.compile(r"[가-힣]면(?=[\s,])")
_TOPIC = re.compile("[은는]$")
_TAKING = re.compile("먹|복용|드시|쓰|쓸|사용")
_CAUSED = re.compile(r"(?:때문|원인|탓)입니다")
_MAY_BE = re.compile(r"수 (?:도 )?있|가능성|의심|여부")
_IS = re.compile(r"(?<![붙먹보들쓰줄높섞쌓끓모죽직속녹덮])(?:입니다|이에요|예요)$")
_PLACE = re.compile("(?:에는|에서는|에게는)$")
_ORDER = re.compile("먼저|우선|전부|모두|대안|기본|원칙|처음|마지막")
_OBJECT = re.compile("[을를]$")
_REFERS = re.compile(r"(?:이|그) ")
_SIDE = re.compile("왼쪽|오른쪽|위쪽|아래쪽")


def misplaced(claim: Clause, at: Clause, aliases: frozenset[str] = frozenset()) -> list[str]:
    """Who does what to whom, what comes first, which side, which of several numbers."""
    reasons = []
    both = _TOGETHER.search(claim.text) and _TOGETHER.search(at.text)
    if not both and (_other_topic(claim, at, aliases) or _turned(claim, at)):
        reasons.append("topic")
    if any(differs(claim, at) for differs in (_other_subject, _other_modifier, _other_object, _other_place)):
        reasons.append("topic")
    if _CAUSE.search(claim.text) and not _CAUSE.search(at.text):
        reasons.append("cause")
    if _sure(claim) and not _certain(claim, at):
        reasons.append("certainty")
    if _unconditioned(claim, at):
        reasons.append("condition")
    if _against(claim, at):
        reasons.append("direction")
    if _FIRST.search(claim.text) and not _FIRST.search(at.text):
        reasons.append("order")
    reasons += [f"side: {side} {what.text}" for side, what in _sides(claim) if not _beside(side, what, at)]
    reasons += [f"bound: {one.high:g} {one.kind}" for one in claim.quantities if _of_another(one, claim, at)]
    return reasons


def _other_topic(claim: Clause, at: Clause, aliases: frozenset[str]) -> bool:
    topics = at.topics | aliases if at.topics & aliases else at.topics
    return bool(claim.topics and topics and not claim.topics & topics)


def _turned(claim: Clause, at: Clause) -> bool:
    """True when another name of the claim stands before its topic in the evidence: who raises whose level."""
    places = {name: at.text.lower().find(name) for name in claim.names}
    begins = [place for name, place in places.items() if name in claim.topics and place >= 0]
    others = [place for name, place in places.items() if name not in claim.topics and place >= 0]
    if begins and others and min(begins) > min(others):
        return True
    return any(
        not alike(mine, theirs) and _beyond(mine, at) and _beyond(theirs, claim)
        for mine in claim.about
        for theirs in at.about
    )


def _other_modifier(claim: Clause, at: Clause) -> bool:
    """True when both speak of a kind, each with a word before it that the other has not: "스테로이드 스프레이는"."""
    for before, topic in _modified(claim):
        for given, of in _modified(at):
            if alike(topic, of) and not alike(before, given) and not has(at, before) and not has(claim, given):
                return True
    return False


def _other_subject(claim: Clause, at: Clause) -> bool:
    """True when the claim is about what the evidence's clause does not have, and that about what the claim has not.

    Medicines, which a title names for all of a text, are held to their names instead.
    """
    mine, theirs = ([word for word in clause.about if not light(word)] for clause in (claim, at))
    if not mine or not theirs or claim.topics:
        return False
    return not any(has(at, word) for word in mine) and not any(has(claim, word) for word in theirs)


def _modified(clause: Clause) -> Iterator[tuple[Word, Word]]:
    return ((before, word) for before, word in pairwise(clause.words) if word in clause.about)


def _other_object(claim: Clause, at: Clause) -> bool:
    """True when the claim's topic stands outside the evidence's clause, which has an object of its own."""
    if not claim.about or at.about or any(has(at, word) for word in claim.about) or _REFERS.search(at.text):
        return False
    first = at.words[:3]
    objects = [word for word in first if _OBJECT.search(word.text)]
    return bool(objects) and not any(has(claim, word) for word in objects)


def _other_place(claim: Clause, at: Clause) -> bool:
    """True when each speaks of a place or person that the other does not: "편의점에는", "약국에는"."""
    mine, theirs = ([word for word in clause.words if _PLACE.search(word.text)] for clause in (claim, at))
    return any(not has(at, word) for word in mine) and any(not has(claim, word) for word in theirs)


def _sure(claim: Clause) -> Word | None:
    """The noun that the claim says its topic is: "당뇨입니다", "자궁내막증 때문입니다"."""
    if _CAUSED.search(claim.text):
        return claim.words[-1] if claim.words else None
    last = claim.words[-1] if claim.words else None
    return last if last and _IS.search(last.text) and not _ORDER.match(last.text) else None


def _certain(claim: Clause, at: Clause) -> bool:
    """True when the evidence says that noun as plainly: as its predicate or in a list of facts, not as possible."""
    noun = _sure(claim)
    if not noun or _MAY_BE.search(at.text):
        return not noun
    stem = re.escape(_IS.sub("", noun.text))
    return bool(
        _CAUSED.search(claim.text)
        or re.search(rf"{stem}(?:이?(?:ㅂ니다|입니다|이며|이고|인|이므로|이라|예요)|[·)\s,.]*(?:$|·))", at.text)
    )


def _unconditioned(claim: Clause, at: Clause) -> bool:
    """True when the evidence says it of a case that the claim leaves out: "술과 함께 하면 …", "두 번 먹으면 …".

    What is forbidden, and the call for help, may be said without.
    """
    end = max((match.end() for match in _IF.finditer(at.text)), default=0)
    case = [word for word in at.words if word.end <= end and not light(word)]
    if not case or claim.stance is Stance.DENIES or "119" in claim.digits:
        return False
    before = [word for word in at.near if word not in at.words and not _TOPIC.search(word.text)]
    telling = [word for word in case if not _TAKING.match(word.text)] or case
    return not any(has(claim, word) for word in (*telling, *before) if word not in at.about)


def _against(claim: Clause, at: Clause) -> bool:
    """True when the evidence turns what the claim says goes up or down the other way: "농도를 높입니다"."""
    for what, way in _ways(claim.words):
        given = [other for of, other in _ways(at.near) if alike(what, of)]
        if given and way not in given:
            return True
    return False


def _ways(words: Sequence[Word]) -> Iterator[tuple[Word, str]]:
    return ((before, way) for before, word in pairwise(words) if (way := direction(word)))


def _beyond(topic: Word, clause: Clause) -> bool:
    """True when the clause has the word, and not as its topic."""
    return any(alike(topic, word) for word in clause.words if word not in clause.about)


def _sides(clause: Clause) -> Iterator[tuple[str, Word]]:
    for word, following in pairwise(clause.words):
        if _SIDE.match(word.text):
            yield word.text[:2], following


def _beside(side: str, what: Word, at: Clause) -> bool:
    return any(side == given and alike(what, other) for given, other in _sides(at))


def _of_another(one: Quantity, claim: Clause, at: Clause) -> bool:
    """True when the evidence gives several numbers of a kind and this one belongs to another thing than claimed."""
    siblings = [other for other in at.quantities if other.kind == one.kind]
    own = [_owner(other, at) for other in siblings if one.supported_by(other)]
    others = [_owner(other, at) for other in siblings if not one.supported_by(other)]
    mine, rest = [word for word in own if word], [word for word in others if word]
    claimed = _owner(one, claim)
    if claimed and any(alike(claimed, word) for word in rest) and not any(alike(claimed, word) for word in mine):
        return True
    return bool(mine) and not any(has(claim, word) for word in mine) and any(has(claim, word) for word in rest)


def _owner(one: Quantity, clause: Clause) -> Word | None:
    """The word right before a quantity, which says what it counts."""
    before = [word for word in clause.words if word.end <= one.start]
    return before[-1] if before else None


def has(clause: Clause, word: Word) -> bool:
    return any(alike(word, other) for other in clause.words)
