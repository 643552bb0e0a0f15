"""A browser's session cookies: what they put into a request, and how an answer changes them.

Which method hands them out, takes them away or reads them stands in its contract (``session_cookies``). They count only
where no Authorization header comes: whoever sends one has no need of cookies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from starlette.types import Scope

from gateway_rest.answer import is_secure
from gateway_rest.errors import Headers, Refusal
from gateway_rest.incoming import HeaderMap, from_own_page, with_cookies
from gateway_rest.operation import Operation
from gateway_rest.template import UnroutableError
from medichain.mesh.v1 import policy_pb2
from services.mesh.policy import Policy

ACCESS, REFRESH = "medichain_access", "medichain_refresh"
_EXPIRES = "expires_in"
_DAY = 24 * 60 * 60
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,4000}")
# What is refused for these reasons is over; the browser need not send it again.
_OVER = frozenset({"UNAUTHENTICATED", "SESSION_EXPIRED", "SESSION_DUPLICATED", "SESSION_BLOCKED", "TOKEN_REUSED"})


@dataclass(frozen=True, slots=True)
class Jar:
    """What all operations share: the one path that gets the refresh cookie, how long that lasts, and whose pages
    besides the edge's own may hold cookies."""

    refresh_path: str = "/"
    refresh_days: int = 1
    origins: frozenset[str] = frozenset()


class Cookies:
    """The session cookies as one operation sees them."""

    def __init__(self, operation: Operation, jar: Jar) -> None:
        """Raises :class:`UnroutableError` when the contract names fields that are not there."""
        self._names, self._jar = _checked(operation), jar

    def authorization(self, headers: HeaderMap, given: str) -> str:
        """The Authorization to call with: the one ``given`` as a header, or what the access cookie stands for.

        A method that hands out a session has no use for the one before it, which may be over.
        """
        if given or self._names.access_field:
            return "" if self._names.access_field else given
        token = _cookie(headers, ACCESS)
        return f"Bearer {token}" if token else ""

    def fill(self, headers: HeaderMap, request: Any) -> None:
        """Puts the refresh cookie into a request that leaves its field empty."""
        field = self._names.refresh_request_field
        if field and not getattr(request, field):
            setattr(request, field, _cookie(headers, REFRESH))

    def after(self, scope: Scope, headers: HeaderMap, answer: Any) -> Headers:
        """The Set-Cookie headers of an answer. Another site's page cannot log a browser in."""
        names = self._names
        if names.clear:
            return self._cleared(scope)
        if not names.access_field or (b"origin" in headers and not from_own_page(headers, self._jar.origins)):
            return ()
        access, refresh = getattr(answer, names.access_field), getattr(answer, names.refresh_field)
        return (
            self._access(scope, access, max(0, getattr(answer, _EXPIRES))),
            self._refresh(scope, refresh, self._jar.refresh_days * _DAY),
        )

    def refused(self, scope: Scope, headers: HeaderMap, refusal: Refusal) -> Headers:
        """The Set-Cookie headers of a refusal: cookies whose session is over go, so that the next call is anonymous."""
        if refusal.error not in _OVER:
            return ()
        if (self._names.clear or self._names.refresh_request_field) and with_cookies(headers):
            return self._cleared(scope)
        return (self._access(scope, "", 0),) if _cookie(headers, ACCESS) else ()

    def _cleared(self, scope: Scope) -> Headers:
        return self._access(scope, "", 0), self._refresh(scope, "", 0)

    def _access(self, scope: Scope, token: str, seconds: int) -> tuple[bytes, bytes]:
        return _set_cookie(ACCESS, token, seconds, "/", "Lax", is_secure(scope))

    def _refresh(self, scope: Scope, token: str, seconds: int) -> tuple[bytes, bytes]:
        return _set_cookie(REFRESH, token, seconds, self._jar.refresh_path, "Strict", is_secure(scope))


def reads_refresh_cookie(policy: Policy | None) -> bool:
    """True for the method that exchanges the refresh cookie."""
    return bool(policy and policy.cookies and policy.cookies.refresh_request_field)


def _checked(operation: Operation) -> Any:
    """The names the contract gives, each of a string field that is there."""
    names = (operation.policy.cookies if operation.policy else None) or policy_pb2.SessionCookies()
    rpc = operation.rpc
    wanted = [(rpc.output_type, names.access_field), (rpc.output_type, names.refresh_field)]
    wanted.append((rpc.input_type, names.refresh_request_field))
    halves = bool(names.access_field) != bool(names.refresh_field)
    lasting = not names.access_field or _EXPIRES in rpc.output_type.fields_by_name
    if halves or not lasting or not all(_is_text(kind, name) for kind, name in wanted if name):
        raise UnroutableError(f"{rpc.full_name} does not have the fields its session_cookies name")
    return names


def _is_text(kind: Descriptor, name: str) -> bool:
    field = kind.fields_by_name.get(name)
    return field is not None and field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated


def _cookie(headers: HeaderMap, name: str) -> str:
    """A cookie's value; "" for one that is no token, or that comes twice and differs: one of the two is not ours."""
    if not with_cookies(headers):
        return ""
    pairs = (pair.partition("=") for pair in headers[b"cookie"].decode("latin-1").split(";"))
    found = {value.strip() for key, _, value in pairs if key.strip() == name}
    value = found.pop() if len(found) == 1 else ""
    return value if _TOKEN.fullmatch(value) else ""


def _set_cookie(name: str, value: str, seconds: int, path: str, same_site: str, secure: bool) -> tuple[bytes, bytes]:
    if value and not _TOKEN.fullmatch(value):
        raise ValueError(f"{name} cannot hold what the contract's field holds")
    flags = f"Max-Age={seconds}; Path={path}; HttpOnly; SameSite={same_site}" + ("; Secure" if secure else "")
    return b"set-cookie", f"{name}={value}; {flags}".encode("ascii")
