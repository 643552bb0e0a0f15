"""Words that are all there and put together wrongly: who does what to whom, which side, what a number belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from services.safety.claims.clauses import Clause
from services.safety.claims.quantities import Quantity
from services.safety.claims.words import Word, alike

_TOGETHER = re.compile("함께|같이|병용|동시|금기")
_CAUSE = re.compile("때문|원인|탓")
_FIRST = re.compile("먼저|우선|부터|처음")
_SIDE = re.compile("왼쪽|오른쪽|위쪽|아래쪽")


def misplaced(claim: Clause, at: Clause) -> list[str]:
    """Who does what to whom, what comes first, which side, which of several numbers."""
    reasons = []
    both = _TOGETHER.search(claim.text) and _TOGETHER.search(at.text)
    if not both and ((claim.topics and at.topics and not claim.topics & at.topics) or _turned(claim, at)):
        reasons.append("topic")
    if _CAUSE.search(claim.text) and not _CAUSE.search(at.text):
        reasons.append("cause")
    if _FIRST.search(claim.text) and not _FIRST.search(at.text):
        reasons.append("order")
    reasons += [f"side: {side} {what.text}" for side, what in _sides(claim) if not _beside(side, what, at)]
    reasons += [f"bound: {one.high:g} {one.kind}" for one in claim.quantities if _of_another(one, claim, at)]
    return reasons


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
