"""Sends a whole answer over ASGI."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.types import Scope, Send

from gateway_rest.errors import Headers, Refusal, log_failure, refusal_of

JSON = b"application/json"
NO_STORE = (b"cache-control", b"no-store")


async def send_answer(send: Send, status: int, body: bytes, kind: bytes = JSON, headers: Headers = ()) -> None:
    """One answer with a body of a known length."""
    always = ((b"content-type", kind), (b"content-length", str(len(body)).encode()), NO_STORE)
    await send({"type": "http.response.start", "status": status, "headers": [*always, *headers]})
    await send({"type": "http.response.body", "body": body})


async def send_refusal(send: Send, scope: MutableMapping[str, Any], raised: Exception) -> None:
    """The answer for an exception."""
    await send_error(send, scope, noted(scope, raised))


async def send_error(send: Send, scope: MutableMapping[str, Any], refusal: Refusal, extra: Headers = ()) -> None:
    headers = (*refusal.headers, *extra)
    await send_answer(send, refusal.status, refusal.body(request_id_of(scope)), headers=headers)


def noted(scope: MutableMapping[str, Any], raised: Exception) -> Refusal:
    """The refusal for an exception, which is logged when the platform is at fault."""
    refusal = refusal_of(raised)
    log_failure(raised, refusal, route_of(scope), request_id_of(scope))
    return refusal


def request_id_of(scope: Scope) -> str:
    """The id the perimeter gave this request."""
    return str(scope.get("medichain.request_id", ""))


def route_of(scope: Scope) -> str:
    """The path template that was matched; never the path itself, which may hold what a person wrote."""
    return str(scope.get("medichain.route", "unmatched"))


def address_of(scope: Scope) -> str:
    """The network address the perimeter found for this request; never logged."""
    return str(scope.get("medichain.address", ""))


def is_secure(scope: Scope) -> bool:
    """True when the perimeter found that the request came over https."""
    return bool(scope.get("medichain.secure", False))
