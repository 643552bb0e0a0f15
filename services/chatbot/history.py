"""What a history looks like from outside: titles, what a search finds, where a page goes on."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chatbot.records import Turn
from services.mesh.errors import InvalidField
from services.safety.text import normalised

TITLE_LETTERS = 60
PAGE = 20
_EPOCH = datetime(1970, 1, 1)


def title(question: str) -> str:
    """A conversation's title: its first question on one line, shortened."""
    line = normalised(question)
    return line if len(line) <= TITLE_LETTERS else line[: TITLE_LETTERS - 1].rstrip() + "…"


def needle(query: str) -> str:
    """The form in which a search text is looked for: case, spaces and Unicode form do not matter."""
    return normalised(query).casefold().replace(" ", "")


def holds(turn: Turn, wanted: str) -> bool:
    """Whether a question or its answer holds a needle."""
    return wanted in needle(turn.question) or wanted in needle(turn.answer)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page goes on: after the entry of this time and id.

    ``before``, when set, goes on within that entry: at its exchanges older than this one.
    """

    at: datetime
    id: str
    before: str = ""

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, self.id


def written(cursor: Cursor | None) -> str:
    """The page token; empty when there is no further page."""
    if cursor is None:
        return ""
    micros = (cursor.at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{micros}.{cursor.id}.{cursor.before}".encode()).decode().rstrip("=")


def read(token: str) -> Cursor | None:
    """The cursor of a page token; None for no token. Raises INVALID_FIELD for one that this house did not write."""
    if not token:
        return None
    try:
        plain = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode("ascii")
        micros, id, before = plain.split(".")
        cursor = Cursor(_EPOCH + timedelta(microseconds=int(micros)), id, before)
    except (ValueError, binascii.Error, OverflowError):
        raise InvalidField("page_token", "is not a token of this list") from None
    if written(cursor) != token or not (id + before).isalnum() or len(id) > 64:
        raise InvalidField("page_token", "is not a token of this list")
    return cursor


def older_than(token: str) -> str:
    """The exchange a list of exchanges goes on before. Its token is that exchange's id."""
    if token and not (len(token) == 26 and token.isascii() and token.isalnum()):
        raise InvalidField("page_token", "is not a token of this list")
    return token
