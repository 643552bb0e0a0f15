"""One HTTP operation as a contract declares it: how its request becomes a message, and which RPC answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from starlette.types import Receive, Scope

from gateway_rest.incoming import HeaderMap, body_of
from gateway_rest.json_decoder import decoded
from gateway_rest.json_input import parsed
from gateway_rest.json_scalars import wrong
from gateway_rest.query import tree_of
from gateway_rest.template import Template, UnroutableError
from gateway_rest.update_mask import fill, has_mask
from services.mesh.errors import InvalidField
from services.mesh.policy import Policy, policy_of

_VERBS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Operation:
    """``body`` is "*" when the body is the request, a field's name when it is that field, else empty."""

    rpc: MethodDescriptor
    policy: Policy | None
    verb: str
    template: Template
    body: str

    @property
    def request(self) -> Descriptor:
        return self.rpc.input_type

    async def read(self, scope: Scope, receive: Receive, headers: HeaderMap) -> Any:
        """The request as a message. Raises INVALID_FIELD, MALFORMED or TOO_LARGE."""
        tree = await self._given(scope, receive, headers)
        written = self._written(tree)
        for index, name in enumerate(self.template.fields):
            field = self.request.fields_by_name[name]
            if field.name in tree or field.json_name in tree:
                raise InvalidField(field.json_name, "is given by the path")
            tree[field.json_name] = scope["path_params"][f"p{index}"]
        message = decoded(self.request, tree)
        if self.verb == "PATCH" and has_mask(self.request):
            fill(message, self.resource, written)
        return message

    @property
    def resource(self) -> Descriptor:
        """What the body describes: the request, or the message that is its one field."""
        inner = None if self.body in ("", "*") else self.request.fields_by_name[self.body].message_type
        return inner or self.request

    def _written(self, tree: dict[str, Any]) -> tuple[str, ...]:
        """The names of the fields the body holds."""
        body = tree if self.body == "*" else tree.get(self._body_name)
        return tuple(body) if isinstance(body, dict) else ()

    @property
    def _body_name(self) -> str:
        return str(self.request.fields_by_name[self.body].json_name) if self.body else ""

    async def _given(self, scope: Scope, receive: Receive, headers: HeaderMap) -> dict[str, Any]:
        """The tree of what body and query hold."""
        query = tree_of(self.request, scope["query_string"])
        if not self.body:
            return query
        value = parsed(await body_of(receive, headers))
        if self.body != "*":
            if self._body_name in query:
                raise InvalidField(self._body_name, "belongs into the body")
            return {**query, self._body_name: value}
        if query:
            raise InvalidField(next(iter(query)), "belongs into the body")
        if not isinstance(value, dict):
            raise wrong(value, "", "must be a JSON object")
        return value


def operations_of(rpc: MethodDescriptor) -> Iterator[Operation]:
    """The operations an RPC declares; none without google.api.http. Raises :class:`UnroutableError`."""
    options = rpc.GetOptions()
    if not options.HasExtension(annotations_pb2.http):
        return
    declared = options.Extensions[annotations_pb2.http]
    for rule in (declared, *declared.additional_bindings):
        yield _operation(rpc, rule)


def _operation(rpc: MethodDescriptor, rule: HttpRule) -> Operation:
    verb = rule.WhichOneof("pattern")
    if verb not in _VERBS or rule.response_body or rpc.client_streaming:
        raise UnroutableError(f"{rpc.full_name}: the edge knows no such binding")
    template = Template.of(getattr(rule, verb))
    fields = rpc.input_type.fields_by_name
    for name in template.fields:
        if name not in fields or fields[name].message_type or fields[name].is_repeated:
            raise UnroutableError(f"{rpc.full_name}: {name} in the path is no plain field of {rpc.input_type.name}")
    if rule.body not in ("", "*", *fields) or (rule.body in template.fields) or (rule.body and verb == "get"):
        raise UnroutableError(f"{rpc.full_name}: body {rule.body!r} cannot be read")
    return Operation(rpc, policy_of(rpc), verb.upper(), template, rule.body)
