"""What a search looks for: keys of products in the order of how well they fit the words typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.drug.lexicon import Lexicon, Meaning
from services.drug.names import core, key
from services.drug.resolver import Resolver

_FAMILY = 30
_SLIP = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Keys with their rank (0 fits best), ATC prefixes that narrow a class, an item number that was typed."""

    ranked: tuple[tuple[str, int], ...] = ()
    atc: tuple[str, ...] = ()
    item: str = ""


def plan(query: str, resolver: Resolver) -> Plan:
    """How to search for what was typed; an empty plan when nothing comes near it."""
    meaning = resolver.understand(query)
    if meaning and meaning.kind == "item":
        return Plan(item=meaning.keys[0])
    typed = [spelling for spelling in dict.fromkeys((key(query), core(query))) if spelling]
    if meaning and meaning.kind == "class":
        lay = resolver.lexicon.lay_class(meaning.keys[0])
        return Plan(_ranked([typed, [key(name) for name in lay.ingredients]]), lay.atc)
    meant = _keys(meaning) if meaning else [k for found in resolver.mentions(query) for k in _keys(found.meaning)]
    return Plan(_ranked([typed, meant, _family(typed, resolver.lexicon), _slips(typed, meant, resolver.lexicon)]))


def _keys(meaning: Meaning) -> list[str]:
    return [key(name) for name in meaning.keys]


def _family(typed: Iterable[str], lexicon: Lexicon) -> list[str]:
    return [brand for spelling in typed if len(spelling) > 1 for brand in lexicon.beginning_with(spelling, _FAMILY)]


def _slips(typed: list[str], meant: list[str], lexicon: Lexicon) -> list[str]:
    """Names a slip away; looked for only when nothing was understood."""
    return [] if meant or not typed else lexicon.near_keys(typed[-1], min(_SLIP, len(typed[-1]) / 2))


def _ranked(groups: list[list[str]]) -> tuple[tuple[str, int], ...]:
    ranks: dict[str, int] = {}
    for rank, group in enumerate(groups):
        for found in group:
            ranks.setdefault(found, rank)
    return tuple(ranks.items())
