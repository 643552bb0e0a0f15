"""The outermost layer: every answer gets its request id and its security headers, and is counted; nothing escapes."""

from __future__ import annotations

import re
import time

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from gateway_rest.answer import noted, route_of, send_refusal
from gateway_rest.proxies import Proxies

REQUESTS = Histogram(
    "medichain_http_seconds",
    "Time an HTTP request took; for a stream, until its end",
    ["route", "method", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
# A year; sent only over https, where it means something.
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_SECURITY = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self)"),
)


class Perimeter:
    """Wraps the whole application. Tells it who really sent a request, and whether that was over https."""

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._guarded(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = time.perf_counter(), 0
        request_id = _request_id(scope)
        secure = self._proxies.secure(scope)
        scope["medichain.request_id"], scope["medichain.secure"] = request_id, secure
        scope["medichain.address"] = self._proxies.address(scope)
        always = ((b"x-request-id", request_id.encode()), *_SECURITY, *((_HSTS,) if secure else ()))

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *always]
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except Exception as raised:  # reaches nobody: a server would log its text, which may hold what a person wrote
            if status:
                noted(scope, raised)
            else:
                await send_refusal(marked, scope, raised)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            REQUESTS.labels(route_of(scope), method, status or 499).observe(time.perf_counter() - started)


def _request_id(scope: Scope) -> str:
    """The id the caller gave, when it is a sane one, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return str(value, "ascii")
    return str(ULID())
