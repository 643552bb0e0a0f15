"""Looks for red flags over a running conversation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from services.safety.red_flags.levels import Assessment, Level, Sign
from services.safety.red_flags.likeness import resembles_emergency
from services.safety.red_flags.rules import Rule, Term, rules
from services.safety.red_flags.scope import Reading, read

# Turns before the current one that still belong to the same story.
REMEMBERED_TURNS = 6
# Of a long earlier turn the end is remembered: reading costs time in proportion to the text.
REMEMBERED_CHARACTERS = 600


# What the second reader adds where no rule fires.
RESEMBLES = Sign("several_signs", "응급일 수 있는 증상", Level.URGENT)


def assess(text: str, earlier: Sequence[str] = ()) -> Assessment:
    """The red flags in ``text``, read together with what the same person said ``earlier`` (oldest first).

    A sign needs at least one finding in ``text`` itself: an alarm of an earlier turn is not raised again by small talk.
    Pure and deterministic; nothing in the text can lower a level but the denial of the finding.
    """
    return _assessed(text, tuple(turn[-REMEMBERED_CHARACTERS:] for turn in earlier[-REMEMBERED_TURNS:]))


# On its way one question is judged at three places, with the same result; judging takes some milliseconds.
@lru_cache(maxsize=64)
def _assessed(text: str, earlier: tuple[str, ...]) -> Assessment:
    now = read(text)
    ranked = _ranked(_Told(now, [read(turn) for turn in earlier]))
    if not ranked and resembles_emergency(now):
        ranked = [(RESEMBLES, "119")]
    if not ranked:
        return Assessment()
    level = ranked[0][0].level
    return Assessment(level, tuple(sign for sign, _ in ranked), _first_call(level, ranked))


def signs_by_rule(text: str) -> tuple[Sign, ...]:
    """The signs the rules alone find in a single text, most urgent first."""
    return tuple(sign for sign, _ in _ranked(_Told(read(text), [])))


def _ranked(told: _Told) -> list[tuple[Sign, str]]:
    """Signs with their numbers to call, most urgent first; of equal codes the most urgent one."""
    found: dict[str, tuple[Sign, str]] = {}
    for rule in rules():
        if told.shows(rule) and (rule.sign.code not in found or found[rule.sign.code][0].level < rule.sign.level):
            found[rule.sign.code] = (rule.sign, rule.hotline)
    return sorted(found.values(), key=lambda pair: -pair[0].level)


def _first_call(level: Level, ranked: Sequence[tuple[Sign, str]]) -> str:
    """The number for the most urgent signs; 119 where one of them asks for it."""
    numbers = [number for sign, number in ranked if number and sign.level == level]
    return "119" if "119" in numbers else next(iter(numbers), "")


class _Told:
    """A conversation, asked for terms; every term is looked for once."""

    def __init__(self, now: Reading, before: Sequence[Reading]) -> None:
        self._now, self._before = now, before
        self._seen: dict[tuple[int, bool], bool] = {}

    def shows(self, rule: Rule) -> bool:
        return any(self._hold(terms) for terms in rule.alternatives) and not any(
            self._found(term, now=True) for term in rule.unless
        )

    def _hold(self, terms: tuple[Term, ...]) -> bool:
        """True when all terms stand and the current turn adds one that was not there before."""
        new = False
        for term in terms:
            here = self._found(term, now=True)
            if term.where == "absent":
                if here:
                    return False
                continue
            before = self._found(term, now=False)
            if not (here or before):
                return False
            new = new or (here and (term.where == "live" or not before))
        return new

    def _found(self, term: Term, now: bool) -> bool:
        key = (id(term), now)
        if key not in self._seen:
            self._seen[key] = any(
                term.found_in(reading.live if term.where == "live" else reading.whole)
                for reading in ([self._now] if now else self._before)
            )
        return self._seen[key]
