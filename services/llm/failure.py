"""How a language model can fail, by kind. A failure never holds what was sent, what came back, or a key."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What went wrong with a model's answer."""

    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    UNKNOWN_MODEL = "unknown_model"
    RATE_LIMITED = "rate_limited"
    NO_CREDIT = "no_credit"
    SERVER_ERROR = "server_error"
    REJECTED = "rejected"
    CONTEXT_TOO_LONG = "context_too_long"
    WITHHELD = "withheld"
    FIRST_TEXT_LATE = "first_text_late"
    STALLED = "stalled"
    OUT_OF_TIME = "out_of_time"
    CUT_OFF = "cut_off"
    MALFORMED = "malformed"
    INVALID_TEXT = "invalid_text"
    TOO_MUCH = "too_much"
    EMPTY = "empty"
    REFUSED = "refused"
    FUNCTION_CALL = "function_call"


# The endpoint itself is in trouble; the other kinds say that it works and this answer is of no use.
TROUBLE = frozenset(
    {
        Kind.UNREACHABLE, Kind.UNAUTHORISED, Kind.UNKNOWN_MODEL, Kind.NO_CREDIT, Kind.RATE_LIMITED, Kind.SERVER_ERROR,
        Kind.FIRST_TEXT_LATE, Kind.STALLED, Kind.CUT_OFF, Kind.MALFORMED, Kind.INVALID_TEXT, Kind.TOO_MUCH,
    }
)  # fmt: skip
# Worth asking the same endpoint once more. One that was too slow is not: there is somebody else to ask.
PASSING = frozenset(
    {Kind.UNREACHABLE, Kind.RATE_LIMITED, Kind.SERVER_ERROR, Kind.CUT_OFF, Kind.MALFORMED, Kind.INVALID_TEXT}
)


class Notice(StrEnum):
    """What is no failure, but worth saying with the answer."""

    HISTORY_SHORTENED = "history_shortened"
    IN_ONE_PIECE = "in_one_piece"
    USAGE_ESTIMATED = "usage_estimated"


class ModelFailed(Exception):
    """A model gave no answer, or not all of one.

    ``begun`` is True when text had already been handed on, ``retry_after`` what the endpoint asked for, in seconds.
    """

    def __init__(self, kind: Kind, *, begun: bool = False, retry_after: float | None = None) -> None:
        self.kind, self.begun, self.retry_after = kind, begun, retry_after
        super().__init__(kind.value)
