"""Failures as HTTP answers, all in one shape:
{"error": REASON, "message": Korean sentence, "details": [{"field", "description"}], "requestId"}.
Where a contract names an event that must reach the caller whatever happens, its data stands beside them, by its name.

Reasons and sentences are those of the mesh's catalog; a few belong to HTTP alone. An exception's text reaches nobody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from grpc import StatusCode
from starlette.exceptions import HTTPException

from services.mesh import telemetry
from services.mesh.errors import CATALOG, MeshError, Reason, Violation

Headers = tuple[tuple[bytes, bytes], ...]

# The HTTP status of each gRPC code, after google/rpc/code.proto.
STATUS: Mapping[StatusCode, int] = {
    StatusCode.OK: 200,
    StatusCode.CANCELLED: 499,
    StatusCode.UNKNOWN: 500,
    StatusCode.INVALID_ARGUMENT: 400,
    StatusCode.DEADLINE_EXCEEDED: 504,
    StatusCode.NOT_FOUND: 404,
    StatusCode.ALREADY_EXISTS: 409,
    StatusCode.PERMISSION_DENIED: 403,
    StatusCode.RESOURCE_EXHAUSTED: 429,
    StatusCode.FAILED_PRECONDITION: 400,
    StatusCode.ABORTED: 409,
    StatusCode.OUT_OF_RANGE: 400,
    StatusCode.UNIMPLEMENTED: 501,
    StatusCode.INTERNAL: 500,
    StatusCode.UNAVAILABLE: 503,
    StatusCode.DATA_LOSS: 500,
    StatusCode.UNAUTHENTICATED: 401,
}
_STATUS_OF_REASON = {"TOO_LARGE": 413}
_OF_HTTP = {
    404: ("NOT_FOUND", CATALOG["NOT_FOUND"].message),
    405: ("METHOD_NOT_ALLOWED", "이 주소에서 지원하지 않는 요청 방식입니다."),
    413: ("TOO_LARGE", CATALOG["TOO_LARGE"].message),
    415: ("UNSUPPORTED_MEDIA_TYPE", "application/json 형식으로 보내 주세요."),
}
# Seconds after which trying again makes sense, where the failure itself does not say.
_RETRY_AFTER = {429: 1.0, 503: 1.0}
_CHALLENGE = (b"www-authenticate", b"Bearer")
_SNAKE = re.compile(r"_([a-z0-9])")
_BRACKETS = re.compile(r"(\[[^\]]*\])")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a caller learns about a failure."""

    status: int
    error: str
    message: str
    details: tuple[Violation, ...] = ()
    headers: Headers = ()
    notices: Mapping[str, Any] = field(default_factory=dict)

    def body(self, request_id: str) -> bytes:
        details = [{"field": json_path(found.field), "description": found.description} for found in self.details]
        shape = {"error": self.error, "message": self.message, "details": details, "requestId": request_id}
        return orjson.dumps({**self.notices, **shape})


def refusal_of(raised: Exception) -> Refusal:
    """What the caller may learn about an exception; INTERNAL for any that is not meant for callers."""
    if isinstance(raised, MeshError):
        return of_reason(raised.reason, raised.violations, raised.retry_after)
    if isinstance(raised, HTTPException) and raised.status_code in _OF_HTTP:
        extra = tuple((name.lower().encode(), value.encode()) for name, value in (raised.headers or {}).items())
        return Refusal(raised.status_code, *_OF_HTTP[raised.status_code], headers=extra)
    return of_reason(CATALOG["INTERNAL"])


def of_reason(reason: Reason, violations: tuple[Violation, ...] = (), retry_after: float | None = None) -> Refusal:
    """The answer for a reason of the catalog."""
    status = _STATUS_OF_REASON.get(reason.name, STATUS[reason.code])
    seconds = _RETRY_AFTER.get(status) if retry_after is None else retry_after
    headers: list[tuple[bytes, bytes]] = [_CHALLENGE] if status == 401 else []
    if seconds is not None:
        headers.append((b"retry-after", str(max(1, math.ceil(seconds))).encode()))
    return Refusal(status, reason.name, reason.message, violations, tuple(headers))


def log_failure(raised: Exception, refusal: Refusal, route: str, request_id: str) -> None:
    """Notes failures of the platform; the caller's own mistakes are only counted."""
    if refusal.status < 500:
        return
    entry = {"route": route, "status": refusal.status, "reason": refusal.error, "request_id": request_id}
    if isinstance(raised, MeshError):
        telemetry.log().info("refused", **entry)
    else:
        telemetry.log().error("failed", error_type=type(raised).__name__, where=telemetry.where(raised), **entry)


def json_path(path: str) -> str:
    """A field's path as JSON spells it: "profile.age_months" as "profile.ageMonths"; subscripts stay as they are."""
    pieces: list[Any] = _BRACKETS.split(path)
    pieces[::2] = [_SNAKE.sub(lambda found: found[1].upper(), piece) for piece in pieces[::2]]
    return "".join(pieces)
