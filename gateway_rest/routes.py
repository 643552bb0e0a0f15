"""The routes, read from the contracts: every RPC with a ``google.api.http`` rule has one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from google.protobuf.descriptor import ServiceDescriptor
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway_rest.answer import send_refusal
from gateway_rest.cookies import Cookies, Jar, reads_refresh_cookie
from gateway_rest.operation import Operation, operations_of
from gateway_rest.streams import KEEP_ALIVE_SECONDS, Streaming
from gateway_rest.template import UnroutableError
from gateway_rest.transcoder import Door, Unary
from services.mesh.client import Mesh


class Path:
    """What stands at one path: an endpoint per HTTP method, and 405 for every other."""

    def __init__(self, public: str, endpoints: Mapping[str, ASGIApp]) -> None:
        self._public, self._endpoints = public, dict(endpoints)
        got = self._endpoints.get("GET")
        if got and not isinstance(got, Streaming):  # a stream's head alone is no answer
            self._endpoints.setdefault("HEAD", got)
        self._allow = ", ".join(sorted(self._endpoints))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["medichain.route"] = self._public
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is None:
            await send_refusal(send, scope, HTTPException(405, headers={"allow": self._allow}))
        else:
            await endpoint(scope, receive, send)


def operations(services: Iterable[ServiceDescriptor]) -> list[Operation]:
    """Every operation, in the order a router must try them. Raises :class:`UnroutableError` when two are the same."""
    found = [operation for service in services for rpc in service.methods for operation in operations_of(rpc)]
    taken: dict[tuple[str, str], str] = {}
    for operation in found:
        key = (operation.verb, operation.template.starlette)
        if key in taken:
            raise UnroutableError(f"{operation.rpc.full_name} has the path of {taken[key]}")
        taken[key] = operation.rpc.full_name
    return sorted(found, key=lambda operation: operation.template.precedence)


def jar(services: Iterable[ServiceDescriptor], days: int, origins: frozenset[str]) -> Jar:
    """What cookies the edge keeps; the refresh cookie is sent to the one method that exchanges it."""
    readers = [found.template.public for found in operations(services) if reads_refresh_cookie(found.policy)]
    if len(readers) > 1:
        raise UnroutableError(f"one path can get the refresh cookie, not {', '.join(readers)}")
    return Jar(readers[0] if readers else "/", days, origins)


def routes(
    services: Iterable[ServiceDescriptor], mesh: Mesh, shared: Jar, keep_alive: float = KEEP_ALIVE_SECONDS
) -> list[Route]:
    """The routes of the services' operations, in the order Starlette must try them."""
    paths: dict[str, dict[str, ASGIApp]] = {}
    names: dict[str, str] = {}
    for operation in operations(services):
        client = partial(mesh.client, operation.rpc.containing_service)
        door = Door(operation, client, Cookies(operation, shared), shared.origins)
        endpoint = Streaming(door, keep_alive) if operation.rpc.server_streaming else Unary(door)
        shape = operation.template.starlette
        paths.setdefault(shape, {})[operation.verb] = endpoint
        names.setdefault(shape, operation.template.public)
    return [Route(shape, Path(names[shape], endpoints)) for shape, endpoints in paths.items()]
