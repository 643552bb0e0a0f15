"""From probabilities to the domains that are named, best first."""

from __future__ import annotations

from collections.abc import Mapping

from services.safety.red_flags import Level

# A domain beside the best one is named from this probability on.
WORTH_NAMING = 0.4
OUT_OF_SCOPE, EMERGENCY = "out_of_scope", "emergency_support"
# How often a text with red flags of a level is labelled an emergency: least probability of that domain.
_LEAST = {Level.URGENT: 0.6, Level.CRISIS: 0.95, Level.CALL_119: 0.95}


def ranked(probabilities: Mapping[str, float], level: Level) -> list[tuple[str, float]]:
    """The domains of a question with their probabilities, best first; never empty.

    Out of scope stands alone: what is of health at all is answered as such. A red flag is of health, whatever else
    the text speaks of.
    """
    chances = dict(probabilities)
    if level in _LEAST:
        chances[EMERGENCY] = max(chances[EMERGENCY], _LEAST[level])
        del chances[OUT_OF_SCOPE]
    order = sorted(chances.items(), key=lambda entry: -entry[1])
    if order[0][0] == OUT_OF_SCOPE:
        return order[:1]
    rest = [(domain, chance) for domain, chance in order[1:] if domain != OUT_OF_SCOPE and chance >= WORTH_NAMING]
    return [order[0], *rest]
