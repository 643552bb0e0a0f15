"""Names that matter for sorting questions: medicines, departments, places, hospitals, symptoms.

A found name is replaced by a sign of its kind, so that "씬지로이드먹고" and "타이레놀먹고" read alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# One sign per kind; private-use characters, which nobody's text can hold once it is normalised.
SIGNS = {"medicine": "\ue000", "department": "\ue001", "place": "\ue002", "hospital": "\ue003", "symptom": "\ue004"}
_HEAD = 2


class Words:
    """Finds names in compact text (services/safety/text.py); the longest name at a place wins."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """``names`` are compact names by kind; a name shorter than two letters is passed over."""
        self._by_head: dict[str, list[tuple[str, str]]] = {}
        for kind in SIGNS:
            for name in names.get(kind, ()):
                if len(name) >= _HEAD:
                    self._by_head.setdefault(name[:_HEAD], []).append((name, kind))
        for entries in self._by_head.values():
            entries.sort(key=lambda entry: (-len(entry[0]), entry[1], entry[0]))

    def signed(self, letters: str) -> tuple[str, list[str]]:
        """``letters`` with names replaced by the signs of their kinds, and those kinds as they come."""
        out, kinds, at = [], [], 0
        while at < len(letters):
            found = self._at(letters, at)
            if found:
                out.append(SIGNS[found[1]])
                kinds.append(found[1])
                at += len(found[0])
            else:
                out.append(letters[at])
                at += 1
        return "".join(out), kinds

    def _at(self, letters: str, at: int) -> tuple[str, str] | None:
        entries = self._by_head.get(letters[at : at + _HEAD], ())
        return next((entry for entry in entries if letters.startswith(entry[0], at)), None)
