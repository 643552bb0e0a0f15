"""What models are told: text files in Korean, one for the rules, one for each domain, one for each kind of text.

Their version is a digest of all of them, so an answer's receipt says exactly what its model was told. The canary is a
mark that only this process knows: text that holds it was copied from the instructions.
"""

from __future__ import annotations

import hashlib
import pathlib
import secrets
from collections.abc import Iterable
from functools import lru_cache

FOLDER = pathlib.Path(__file__).parent / "prompts"
CANARY = f"MC-{secrets.token_hex(8)}"
# So many characters in a row from the instructions are no chance.
COPIED = 24


@lru_cache(maxsize=1)
def version() -> str:
    """Twelve hexadecimal digits over every file, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.txt")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def instructions(kind: str, domains: Iterable[str]) -> str:
    """The system prompt for a text of a ``kind`` ("answer" or "draft") about ``domains``, by their service names.

    A domain that was added without a text of its own is told the rules alone.
    """
    own = (_text(name) for name in domains if (FOLDER / f"{name}.txt").exists())
    return "\n\n".join([_text("rules").format(canary=CANARY), *own, _text(kind)])


def leaks(sentence: str) -> bool:
    """Whether a sentence shows the canary or a piece of the instructions."""
    solid = "".join(sentence.split())
    if CANARY in solid or CANARY.removeprefix("MC-") in solid.lower():
        return True
    return any(solid[at : at + COPIED] in _solid() for at in range(max(0, len(solid) - COPIED + 1)))


@lru_cache(maxsize=32)
def _text(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def _solid() -> str:
    """All instructions without blanks."""
    return "".join("".join(_text(path.stem).split()) for path in sorted(FOLDER.glob("*.txt")))
