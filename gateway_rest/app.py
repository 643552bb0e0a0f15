"""The edge's composition root."""

from __future__ import annotations

import pathlib
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway_rest import openapi, registry
from gateway_rest.answer import request_id_of, send_answer
from gateway_rest.errors import refusal_of
from gateway_rest.perimeter import Perimeter
from gateway_rest.probes import Readiness, alive, metrics
from gateway_rest.proxies import Proxies
from gateway_rest.routes import Path, jar, routes
from gateway_rest.streams import KEEP_ALIVE_SECONDS
from services.mesh.host import Host
from services.mesh.settings import Settings

STATIC = pathlib.Path(__file__).parent / "static"
_HTML = b"text/html; charset=utf-8"


def create_app(settings: Settings, host: Host, keep_alive: float = KEEP_ALIVE_SECONDS) -> ASGIApp:
    """The edge as an ASGI application. A stream sends a comment after each ``keep_alive`` seconds of silence."""
    services = registry.services()
    origins = frozenset(filter(None, (origin.strip() for origin in settings.allowed_origins.split(","))))
    app = FastAPI(
        title="MediChain",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # Its logs hold what failed validation, which is medical text.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        exception_handlers={HTTPException: _refused},
    )
    app.router.routes.extend(routes(services, host.mesh, jar(services, settings.session_days, origins), keep_alive))
    document = openapi.serialised(openapi.document(services))
    app.router.routes.extend(_own_routes(Readiness(settings, host.mesh, services), document))
    return Perimeter(app, Proxies(settings.trusted_proxies))


def _own_routes(readiness: ASGIApp, document: bytes) -> list[Route | Mount]:
    pages: dict[str, ASGIApp] = {
        "/": _page(STATIC / "index.html"),
        "/docs": _page(STATIC / "docs" / "index.html"),
        "/openapi.json": _fixed(document, b"application/json"),
        "/healthz": alive,
        "/readyz": readiness,
        "/metrics": metrics,
    }
    found: list[Route | Mount] = [Route(path, Path(path, {"GET": endpoint})) for path, endpoint in pages.items()]
    return [*found, Mount("/static", _Static(directory=STATIC))]


def _page(path: pathlib.Path) -> ASGIApp:
    return _fixed(path.read_bytes(), _HTML)


def _fixed(body: bytes, kind: bytes) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send_answer(send, 200, body, kind)

    return answer


class _Static(StaticFiles):
    """The pages' own files; asked for again each time, and sent again only when they changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        scope["medichain.route"] = "/static"
        response = await super().get_response(path, scope)
        response.headers.setdefault("cache-control", "no-cache")
        return response


async def _refused(request: Request, raised: Any) -> Response:
    refusal = refusal_of(raised)
    headers = {name.decode(): value.decode() for name, value in refusal.headers}
    body = refusal.body(request_id_of(request.scope))
    return Response(body, refusal.status, headers | {"cache-control": "no-store"}, "application/json")
