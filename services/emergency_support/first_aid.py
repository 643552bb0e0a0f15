"""First-aid steps: the table data/first_aid_steps.json, by the signs of the red flags.

The table's order is the order of urgency among signs of one level: what acts within seconds and what has a cause of its
own stands before what many causes share, such as a faint. An entry may have variants for whom it happened to or what it
was (a baby that chokes, a snake among the animals); the first one whose words stand in the conversation speaks in its
place. Each entry names the public guidance it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from services.safety.red_flags import Sign
from services.safety.text import compact

TABLE = Path(__file__).parent / "data" / "first_aid_steps.json"
GENERAL = "general"
_MARKS = re.compile(r"[.,?!~]")
# A question that wants to know what to do, and what else it may want to know about the same word.
_HOW_TO = re.compile(
    r"어떻|어케|어찌|방법|하는법|뭐부터|뭘|먼저|해야|하나요|해요|할까|되나|되죠|돼요|순서|깊이|속도|응급처치|대처|뭐해|하면되"
)
_OTHER_AIM = re.compile(
    r"교육|배우|배울|자격|예방|보험|책임|비용|흉터|약국|연고|며칠|재활|회복|후유증|증상이뭐|초기증상|전조|원인|왜"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What to do, in order. ``id`` is the evidence's, e.g. "first_aid/choking_infant"."""

    id: str
    title: str
    steps: tuple[str, ...]
    source: str
    as_of: str


@dataclass(frozen=True)
class _Topic:
    """An entry with its variants and the words people use when they ask about it."""

    entry: Entry
    variants: tuple[tuple[re.Pattern[str], Entry], ...] = ()
    words: tuple[str, ...] = field(default=())

    def fitting(self, told: str) -> Entry:
        return next((entry for when, entry in self.variants if when.search(told)), self.entry)


class FirstAid:
    """Finds the entries for signs, or for a topic somebody asks about."""

    def __init__(self, topics: Mapping[str, _Topic]) -> None:
        self._topics = topics
        self._rank = {code: rank for rank, code in enumerate(topics)}

    def for_signs(self, signs: Iterable[Sign], told: str) -> list[Entry]:
        """The entries of ``signs``, most urgent first, each once; a sign without steps of its own gets general ones.

        ``told`` is everything the person said.
        """
        solid = _solid(told)
        ranked = sorted(signs, key=lambda sign: (-sign.level, self._rank.get(sign.code, len(self._rank))))
        found = [self._topics.get(sign.code, self._topics[GENERAL]).fitting(solid) for sign in ranked]
        return list(dict.fromkeys(found))

    def about(self, question: str) -> list[Entry]:
        """The entries a question without an emergency asks to be taught ("심폐소생술 방법"), longest word first."""
        solid = _solid(question)
        if not _HOW_TO.search(solid) or _OTHER_AIM.search(solid):
            return []
        named = [
            (len(word), topic.fitting(solid))
            for topic in self._topics.values()
            for word in topic.words
            if word in solid
        ]
        return list(dict.fromkeys(entry for _, entry in sorted(named, key=lambda pair: -pair[0])))


@lru_cache(maxsize=1)
def first_aid() -> FirstAid:
    """The shipped table."""
    entries = orjson.loads(TABLE.read_bytes())["entries"]
    return FirstAid({entry["sign"]: _topic(entry) for entry in entries})


def _topic(row: dict[str, Any]) -> _Topic:
    variants = tuple((re.compile(variant["when"]), _entry(row, variant)) for variant in row["variants"])
    return _Topic(_entry(row, row), variants, tuple(compact(word) for word in row["words"]))


def _entry(row: dict[str, Any], part: dict[str, Any]) -> Entry:
    suffix = f"_{part['id']}" if "id" in part else ""
    return Entry(f"first_aid/{row['sign']}{suffix}", part["title"], tuple(part["steps"]), row["source"], row["asOf"])


def _solid(text: str) -> str:
    return _MARKS.sub("", compact(text))
