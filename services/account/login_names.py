"""Names people log in with: how they may look, and which two are the same name."""

from __future__ import annotations

import unicodedata

from services.mesh.errors import InvalidField

SHORTEST, LONGEST = 2, 64
# Controls, unassigned and private characters, line and paragraph separators; and the ones nobody sees.
_REFUSED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u180e")


def typed(name: str, field: str = "id") -> str:
    """The name as it is shown again. Raises INVALID_FIELD for what cannot be a name."""
    kept = unicodedata.normalize("NFC", name).strip(" ")
    if any(unicodedata.category(char) in _REFUSED or char in _BLANK_LETTERS for char in kept):
        raise InvalidField(field, "must hold printable characters only")
    if not len(kept) >= SHORTEST or not SHORTEST <= len(normal(kept)) <= LONGEST:
        raise InvalidField(field, f"must have {SHORTEST} to {LONGEST} characters")
    return kept


def normal(name: str) -> str:
    """The form in which two spellings of one name are equal: Unicode form, width and case do not tell them apart.

    Unicode's compatibility caseless match (The Unicode Standard, section 3.13, D146).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFKC", folded.casefold()).strip()
