"""What comes with a request: its body, its deadline, its marks, and where a page sent it from."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope

from services.mesh.context import CallContext
from services.mesh.errors import InvalidField, MeshError

BODY_LIMIT = 1024 * 1024
# A body over the limit is read to its end and dropped up to here, so that the caller gets to see the answer.
_DRAINED = 16 * 1024 * 1024

HeaderMap = Mapping[bytes, bytes]
_PRINTABLE = re.compile(rb"[\x21-\x7e]([\x20-\x7e]{0,4094}[\x21-\x7e])?")
_KEY = re.compile(rb"[\x21-\x7e]{1,128}")
_GRPC_TIMEOUT = re.compile(r"([0-9]{1,8})([HMSmun])")
_UNITS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")


def headers_of(scope: Scope) -> HeaderMap:
    """The request's headers, names in lower case; of one given twice the last, of cookies all."""
    found = dict(scope["headers"])
    if b"cookie" in found:
        found[b"cookie"] = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return found


def call_context(headers: HeaderMap, request_id: str, address: str = "") -> CallContext:
    """The call a request asks for. Raises INVALID_FIELD with the header at fault."""
    seconds = _timeout(headers)
    return CallContext(
        address=address,
        deadline=None if seconds is None else time.monotonic() + seconds,
        request_id=request_id,
        authorization=_header(headers, "Authorization", _PRINTABLE),
        idempotency_key=_header(headers, "Idempotency-Key", _KEY),
    )


def last_event_id(headers: HeaderMap) -> str:
    """The last event a reader of a stream has seen; "" when it begins."""
    return _header(headers, "Last-Event-ID", _PRINTABLE)


def with_cookies(headers: HeaderMap) -> bool:
    """True when cookies count: a browser attaches them to whatever any page sends, but never an Authorization."""
    return b"cookie" in headers and b"authorization" not in headers


def check_sender(scope: Scope, headers: HeaderMap, allowed: frozenset[str]) -> None:
    """With a cookie only the page itself may change things: its own origin, and JSON, which no plain form can send."""
    if not with_cookies(headers) or scope["method"] in ("GET", "HEAD"):
        return
    if not from_own_page(headers, allowed):
        raise MeshError("ACCESS_DENIED")
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if _has_body(headers) and kind != b"application/json":
        raise HTTPException(415)


def from_own_page(headers: HeaderMap, allowed: frozenset[str]) -> bool:
    """True when the request says that a page of this edge, or of an origin that is ``allowed``, sent it."""
    origin = headers.get(b"origin", b"")
    own = origin.partition(b"://")[2]
    return origin.decode("latin-1") in allowed or bool(own and own == headers.get(b"host"))


def _has_body(headers: HeaderMap) -> bool:
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0").strip(b"0") != b""


async def body_of(receive: Receive, headers: HeaderMap) -> bytes:
    """The whole body. Raises TOO_LARGE when it is over the limit, CANCELLED when the caller goes away meanwhile."""
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced[:20]) > _DRAINED:
        raise MeshError("TOO_LARGE")
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MeshError("CANCELLED")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= BODY_LIMIT:
            chunks.append(chunk)
        if size > _DRAINED or not message.get("more_body", False):
            break
    if size > BODY_LIMIT:
        raise MeshError("TOO_LARGE")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _header(headers: HeaderMap, name: str, allowed: re.Pattern[bytes]) -> str:
    value = headers.get(name.lower().encode())
    if not value:
        return ""
    if not allowed.fullmatch(value):
        raise InvalidField(name, "is too long or holds characters that are not printable ASCII")
    return value.decode("ascii")


def _timeout(headers: HeaderMap) -> float | None:
    """Seconds the caller gives, from grpc-timeout ("250m") or X-Request-Timeout ("0.25"); the shorter of the two."""
    given = []
    if b"grpc-timeout" in headers:
        found = _GRPC_TIMEOUT.fullmatch(headers[b"grpc-timeout"].decode("latin-1"))
        if not found:
            raise InvalidField("grpc-timeout", 'must be a number and a unit, for example "250m"')
        given.append(int(found[1]) * _UNITS[found[2]])
    if b"x-request-timeout" in headers:
        text = headers[b"x-request-timeout"].decode("latin-1")
        if not _SECONDS.fullmatch(text):
            raise InvalidField("X-Request-Timeout", 'must be seconds, for example "2.5"')
        given.append(float(text))
    return min(given) if given else None
