"""The OpenAPI 3.1 document, built from the contracts.

usage: python -m gateway_rest.openapi     prints the document; the same contracts give the same bytes
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, FieldDescriptor, ServiceDescriptor

from gateway_rest import registry
from gateway_rest.cookies import ACCESS, REFRESH
from gateway_rest.json_encoder import map_entry, well_known
from gateway_rest.json_scalars import is_secret
from gateway_rest.openapi_comments import comments
from gateway_rest.openapi_examples import field_example, message_example
from gateway_rest.openapi_schemas import Schema, Schemas, demanded
from gateway_rest.operation import Operation
from gateway_rest.routes import operations
from gateway_rest.streams import events_of
from gateway_rest.update_mask import MASK
from medichain.mesh.v1 import policy_pb2
from services.mesh.errors import CATALOG
from services.mesh.policy import Policy

_DEEPEST_PARAMETER = 3
_ERROR = {
    "type": "object",
    "description": "Every failure has this shape.",
    "required": ["error", "message", "details", "requestId"],
    "properties": {
        "error": {
            "type": "string",
            "description": "Machine-readable reason.",
            "examples": [name for name in CATALOG if name != "UNSPECIFIED"],
        },
        "message": {"type": "string", "description": "Sentence for people, in Korean."},
        "details": {
            "type": "array",
            "description": "The fields at fault.",
            "items": {
                "type": "object",
                "required": ["field", "description"],
                "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
            },
        },
        "requestId": {"type": "string", "description": "Also in the header X-Request-Id."},
        "emergency": {
            "type": "object",
            "description": "What to do now, when the text called for it before the failure; whatever failed.",
        },
    },
    "example": {
        "error": "INVALID_FIELD",
        "message": CATALOG["INVALID_FIELD"].message,
        "details": [{"field": "question", "description": "must be at least 1 character"}],
        "requestId": "01JD0Z5K3V9QW8T7R6P5N4M3H2",
    },
}
_HEADERS = {
    "RequestId": ("X-Request-Id", "Id of the request; made when absent or odd, returned always.", r"^[\w.-]{1,64}$"),
    "RequestTimeout": ("X-Request-Timeout", "Seconds the caller waits, if shorter.", r"^\d{1,6}(\.\d{1,9})?$"),
    "LastEventId": ("Last-Event-ID", "Id of the last event that was seen; the stream goes on after it.", r"^[!-~]*$"),
    "IdempotencyKey": ("Idempotency-Key", "Repeats of a request with this key are answered once.", r"^[!-~]{1,128}$"),
}
_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `accessToken` of a login, for a quarter of an hour.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": ACCESS,
        "description": "The same token as a browser keeps it. It counts where no Authorization comes; whatever changes "
        "something then needs the page's own origin, and `application/json` for its body.",
    },
    "refreshCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": REFRESH,
        "description": "The `refreshToken` as a browser keeps it, in place of the one in the body.",
    },
}
_ANSWER_HEADERS: dict[str, Schema] = {
    "401": {"WWW-Authenticate": {"description": "Always `Bearer`.", "schema": {"type": "string"}}},
    "429": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
    "503": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
}
_FAILURES = {
    "400": "A field breaks its rule, or the request cannot be read.",
    "401": "Signing in is needed, or the session that was named is over; a browser loses its cookie with it.",
    "403": "The caller may not do this.",
    "404": "It does not exist.",
    "409": "It is there already, or another request holds it.",
    "413": "The body is larger than 1 MB.",
    "415": "With a cookie a body is `application/json`.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "A service that is needed does not answer.",
    "504": "The time ran out.",
}


def document(services: Iterable[ServiceDescriptor]) -> dict[str, Any]:
    """The document of the services' operations and the edge's own probes."""
    schemas, paths, ids = Schemas(), dict[str, Any](), Counter[str]()
    found = operations(services)
    for operation in sorted(found, key=lambda each: (each.template.public, each.verb)):
        path = paths.setdefault(operation.template.public, {})
        id = f"{operation.rpc.containing_service.name}_{operation.rpc.name}"
        ids[id] += 1  # an RPC with additional bindings has several operations
        numbered = id if ids[id] == 1 else f"{id}_{ids[id]}"
        path[operation.verb.lower()] = _operation(operation, schemas, numbered)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MediChain",
            "version": "v1",
            "description": "Medical information in Korean, with sources. It informs; it never diagnoses or prescribes.",
        },
        "servers": [{"url": "/"}],
        "tags": _tags(found),
        "paths": paths | _probes(),
        "components": {
            "schemas": {"Error": _ERROR, **dict(sorted(schemas.named.items()))},
            "parameters": {key: _header(*about) for key, about in _HEADERS.items()},
            "securitySchemes": _SECURITY,
        },
    }


def serialised(found: dict[str, Any]) -> bytes:
    """The document as bytes, the same for the same contracts."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _operation(operation: Operation, schemas: Schemas, id: str) -> dict[str, Any]:
    rpc, policy = operation.rpc, operation.policy
    text = comments().get(rpc.full_name, rpc.name)
    described: dict[str, Any] = {
        "operationId": id,
        "tags": [rpc.containing_service.name],
        "summary": text.split(". ")[0].removesuffix("."),
        "description": text,
        "parameters": [*_parameters(operation, schemas), *_marks(operation)],
    }
    if operation.body:
        described["requestBody"] = _body(operation, schemas)
    described["responses"] = {"200": _answer(operation, schemas) | _cookies_set(operation), **_failures(operation)}
    if policy:
        described["security"] = _security(policy)
        described["x-medichain-policy"] = {
            "access": policy_pb2.Access.Name(policy.access),
            "timeoutSeconds": policy.timeout,
            "safeToRepeat": policy.safe,
            "callsAMinute": {"perAddress": policy.per_address or None, "perAccount": policy.per_account or None},
        }
    return described


def _security(policy: Policy) -> list[dict[str, list[str]]]:
    """The ways to say who calls; {} is the way that says nothing."""
    cookies = policy.cookies or policy_pb2.SessionCookies()
    if cookies.access_field:
        return [{}, {"refreshCookie": []}] if cookies.refresh_request_field else [{}]
    told: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]
    return [{}, *told] if policy.access == policy_pb2.ACCESS_PUBLIC else told


def _cookies_set(operation: Operation) -> dict[str, Any]:
    cookies = operation.policy.cookies if operation.policy else None
    if cookies is None:
        return {}
    text = f"{'Take away' if cookies.clear else 'Set'} `{ACCESS}` and `{REFRESH}`."
    return {"headers": {"Set-Cookie": {"description": text, "schema": {"type": "string"}}}}


def _parameters(operation: Operation, schemas: Schemas) -> Iterator[dict[str, Any]]:
    in_path = operation.template.fields
    for name in in_path:
        field = operation.request.fields_by_name[name]
        yield _parameter(field, name, "path", schemas) | {"required": True}
    if operation.body != "*":
        taken = {*in_path, operation.body}
        for field in operation.request.fields:
            if field.name not in taken and not is_secret(field):
                yield from _query(field, "", schemas)


def _query(field: FieldDescriptor, prefix: str, schemas: Schemas) -> Iterator[dict[str, Any]]:
    """The query parameters of a field; the fields of a message are given as "location.latitude"."""
    name = prefix + field.json_name
    nested = field.message_type
    if nested is None or well_known(nested):
        yield _parameter(field, name, "query", schemas)
    elif not field.is_repeated and not map_entry(field) and name.count(".") < _DEEPEST_PARAMETER:
        for inner in nested.fields:
            yield from _query(inner, f"{name}.", schemas)


def _parameter(field: FieldDescriptor, name: str, place: str, schemas: Schemas) -> dict[str, Any]:
    schema = schemas.field(field)
    text = schema.pop("description", "")
    needed = "." not in name and demanded(schema, field)
    found = {"name": name, "in": place, "description": text, "schema": schema, "example": field_example(field)}
    return found | {"required": True} if needed else found


def _marks(operation: Operation) -> list[Schema]:
    keys = ["RequestId", "RequestTimeout"]
    if operation.policy and not operation.policy.safe:
        keys.append("IdempotencyKey")
    if operation.policy and operation.policy.stream and operation.policy.stream.resume_field:
        keys.append("LastEventId")
    return [{"$ref": f"#/components/parameters/{key}"} for key in keys]


def _header(name: str, description: str, pattern: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string", "pattern": pattern}}


def _body(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    if operation.body == "*":
        kind = operation.request
        hidden = (*operation.template.fields, MASK)  # without a mask the body's own fields are changed
        content = {"schema": schemas.message(kind, strict=True), "example": _shown(kind, hidden)}
    else:
        field = operation.request.fields_by_name[operation.body]
        content = {"schema": schemas.field(field, strict=True), "example": field_example(field)}
    return {"required": True, "content": {"application/json": content}}


def _shown(kind: Descriptor, hidden: tuple[str, ...]) -> Any:
    """An example of a request's body, without the fields that are ``hidden``."""
    whole = message_example(kind)
    return {field.json_name: whole[field.json_name] for field in kind.fields if field.name not in hidden}


def _answer(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    kind = operation.rpc.output_type
    stream = operation.policy.stream if operation.policy else None
    if stream is None:
        text = comments().get(kind.full_name, "The answer.")
        return {"description": text, "content": {"application/json": _json(kind, schemas)}}
    kinds = events_of(kind, stream)
    return {
        "description": f"With `Accept: text/event-stream` the events {', '.join(kinds)}; "
        f"each has an id, and its data is JSON of the schema under x-events. Otherwise one `{stream.answer_event}`.",
        "content": {
            "application/json": _json(kinds[stream.answer_event], schemas),
            "text/event-stream": {
                "schema": {"type": "string"},
                "x-events": {name: schemas.message(event) for name, event in kinds.items()},
                "example": "".join(_event(index, name, event) for index, (name, event) in enumerate(kinds.items())),
            },
        },
    }


def _json(kind: Descriptor, schemas: Schemas) -> dict[str, Any]:
    return {"schema": schemas.message(kind), "example": message_example(kind)}


def _event(index: int, name: str, kind: Descriptor) -> str:
    data = orjson.dumps(message_example(kind)).decode()
    return f"event: {name}\nid: 01JD0Z5K3V9QW8T7R6P5N4M3H2/{index}\ndata: {data}\n\n"


def _failures(operation: Operation) -> dict[str, Any]:
    absent = set() if operation.body else {"413", "415"}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        code: {"description": text, "content": content} | _told(code)
        for code, text in _FAILURES.items()
        if code not in absent
    }


def _told(code: str) -> dict[str, Any]:
    return {"headers": _ANSWER_HEADERS[code]} if code in _ANSWER_HEADERS else {}


def _tags(found: Iterable[Operation]) -> list[dict[str, str]]:
    services = {operation.rpc.containing_service.name: operation.rpc.containing_service for operation in found}
    return [{"name": name, "description": comments().get(services[name].full_name, "")} for name in sorted(services)]


def _probes() -> dict[str, Any]:
    about = {
        "/healthz": ("This process answers.", "application/json"),
        "/readyz": ("Every required service is ready; 503 names those that are not.", "application/json"),
        "/metrics": ("Prometheus' text format.", "text/plain"),
    }
    return {
        path: {"get": {"operationId": path[1:], "tags": ["Probes"], "summary": text, "responses": _probed(text, kind)}}
        for path, (text, kind) in about.items()
    }


def _probed(text: str, kind: str) -> dict[str, Any]:
    return {"200": {"description": text, "content": {kind: {"schema": {}}}}}


if __name__ == "__main__":
    sys.stdout.buffer.write(serialised(document(registry.services())))
