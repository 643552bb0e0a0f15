"""What an endpoint means when it refuses a request: by status and by the error's own code, whose forms differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from services.llm.failure import Kind

_TOO_LONG = re.compile(
    r"context_length|context length|context window|maximum context|too many (?:input )?tokens|prompt is too long|"
    r"input (?:token count|length)[^.]{0,40}exceed|Range of input length",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(r"insufficient_quota|billing|arrearage|credit balance", re.IGNORECASE)
_NO_MODEL = re.compile(r"model_not_found|model[^.]{0,80}(?:not found|does not exist|not exist)", re.IGNORECASE)
_BY_STATUS = {
    401: Kind.UNAUTHORISED, 402: Kind.NO_CREDIT, 403: Kind.UNAUTHORISED, 404: Kind.UNKNOWN_MODEL,
    408: Kind.SERVER_ERROR, 409: Kind.SERVER_ERROR, 413: Kind.CONTEXT_TOO_LONG,
}  # fmt: skip


def kind_of(status: int, error: Any) -> Kind:
    """The kind of an error answer; ``error`` is its body as far as it could be decoded."""
    words = " ".join(_words(error))
    if status < 500 or isinstance(error, dict):
        if _TOO_LONG.search(words):
            return Kind.CONTEXT_TOO_LONG
        if _NO_CREDIT.search(words):
            return Kind.NO_CREDIT
        if _NO_MODEL.search(words):
            return Kind.UNKNOWN_MODEL
    if status == 429:
        return Kind.RATE_LIMITED
    return _BY_STATUS.get(status, Kind.SERVER_ERROR if status >= 500 else Kind.REJECTED)


def status_of(error: Any) -> int:
    """The HTTP status that an error inside a stream stands for; it may say so as its code."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500


def unwanted(error: Any, sent: Iterable[str]) -> str:
    """Which of the parameters that were sent the endpoint complains about; empty when it is none of them."""
    words = " ".join(_words(error)).lower()
    # The longer name first: "stream_options" holds "stream".
    for parameter in sorted(sent, key=len, reverse=True):
        if re.search(rf"(?<![a-z_]){parameter}(?:ing)?(?![a-z_])", words):
            return parameter
    return ""


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds the endpoint asks to wait: ``retry-after-ms``, or ``retry-after`` in seconds or as a date."""
    try:
        if "retry-after-ms" in headers:
            return _waiting(float(headers["retry-after-ms"]) / 1000)
        given = headers.get("retry-after", "").strip()
        if not given:
            return None
        if given[0].isdigit():
            return _waiting(float(given))
        until = parsedate_to_datetime(given)
        return _waiting((until - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError):
        return None


def _waiting(seconds: float) -> float | None:
    return min(max(0.0, seconds), 3600.0) if seconds == seconds else None


def _words(error: Any) -> list[str]:
    if not isinstance(error, dict):
        return [str(error)[:2000]]
    nested = error.get("error")
    held = nested if isinstance(nested, dict) else error
    return [str(held.get(name) or "")[:2000] for name in ("code", "type", "param", "message")]
