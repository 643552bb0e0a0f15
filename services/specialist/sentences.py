"""Cuts Korean text into sentences."""

from __future__ import annotations

import re

# A full stop ends a sentence unless it stands inside a number ("2.5") or an abbreviation ("vs.").
_END = re.compile(r"(?<=[가-힣\])\"'%a-zA-Z])[.!?](?=\s|$)\s*")


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, each ending with its own mark, in order; blank ones dropped."""
    found, begin = [], 0
    for match in _END.finditer(text):
        found.append(text[begin : match.end()].strip())
        begin = match.end()
    found.append(text[begin:].strip())
    return [sentence for sentence in found if sentence]
