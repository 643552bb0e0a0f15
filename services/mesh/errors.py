"""The error catalog: what went wrong, as a caller may learn it.

The reasons, their status codes and their public sentences stand in ``medichain/mesh/v1/errors.proto``. An exception
that is not a :class:`MeshError` reaches nobody: the server sends INTERNAL in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from medichain.mesh.v1 import errors_pb2

DOMAIN = "medichain"
DETAILS_KEY = "grpc-status-details-bin"
_PREFIX = "ERROR_REASON_"
_CODES = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class Violation:
    """A field of the request that breaks a rule: its path, e.g. "items[3]", and the rule in words."""

    field: str
    description: str


@dataclass(frozen=True, slots=True)
class Reason:
    """An entry of the catalog."""

    name: str
    code: grpc.StatusCode
    message: str


def _catalog() -> dict[str, Reason]:
    entries = {}
    for value in errors_pb2.ErrorReason.DESCRIPTOR.values:
        public = value.GetOptions().Extensions[errors_pb2.public_error]
        name = value.name.removeprefix(_PREFIX)
        entries[name] = Reason(name, _CODES[public.code], public.message)
    return entries


CATALOG = _catalog()
_BY_CODE = {
    reason.code: reason for reason in reversed(CATALOG.values()) if reason.name not in ("NO_POLICY", "UNSPECIFIED")
}


class MeshError(Exception):
    """A failure that a caller may learn about, by its reason.

    ``violations`` name the fields at fault; ``retry_after`` are the seconds after which trying again makes sense.
    """

    def __init__(self, reason: str, violations: Iterable[Violation] = (), retry_after: float | None = None) -> None:
        self.reason = CATALOG[reason]
        self.violations = tuple(violations)
        self.retry_after = retry_after
        super().__init__(reason)


class InvalidField(MeshError):
    """A field of the request breaks a rule."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__("INVALID_FIELD", [Violation(field, description)])


class NotFound(MeshError):
    """What was asked for does not exist; ``field`` names the request's field that pointed to it."""

    def __init__(self, field: str) -> None:
        super().__init__("NOT_FOUND", [Violation(field, "does not exist")])


class CallFailed(MeshError):
    """A call to another service failed, for the callee's reason; ``answered`` when the callee itself gave it."""

    def __init__(
        self,
        reason: str,
        violations: Iterable[Violation] = (),
        retry_after: float | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(reason, violations, retry_after)
        self.answered = answered

    @property
    def absent(self) -> bool:
        """True when the callee could not be reached or did not answer in time: worth degrading for."""
        return self.reason.name in ("UNAVAILABLE", "DEADLINE")


def details_of(error: MeshError) -> bytes:
    """The failure as a serialised google.rpc.Status, for the trailing metadata."""
    details = [_packed(error_details_pb2.ErrorInfo(reason=error.reason.name, domain=DOMAIN))]
    if error.violations:
        bad = error_details_pb2.BadRequest()
        for violation in error.violations:
            bad.field_violations.add(field=violation.field, description=violation.description)
        details.append(_packed(bad))
    if error.retry_after is not None:
        info = error_details_pb2.RetryInfo()
        info.retry_delay.FromNanoseconds(round(error.retry_after * 1e9))
        details.append(_packed(info))
    status = status_pb2.Status(code=error.reason.code.value[0], message=error.reason.message, details=details)
    return bytes(status.SerializeToString())


def from_rpc(error: grpc.aio.AioRpcError) -> CallFailed:
    """The failure another service reported, from the details it sent or from its status code alone."""
    metadata: Any = error.trailing_metadata() or ()
    for key, value in metadata:
        if key == DETAILS_KEY:
            failure = _parsed(value)
            if failure:
                return failure
    fallback = _BY_CODE.get(error.code(), CATALOG["INTERNAL"])
    return CallFailed(fallback.name)


def _parsed(serialised: bytes) -> CallFailed | None:
    status = status_pb2.Status.FromString(serialised)
    reason, violations, retry_after = None, [], None
    for detail in status.details:
        info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if detail.Unpack(info) and info.domain == DOMAIN:
            reason = info.reason
        elif detail.Unpack(bad):
            violations = [Violation(v.field, v.description) for v in bad.field_violations]
        elif detail.Unpack(retry):
            retry_after = retry.retry_delay.ToNanoseconds() / 1e9
    return CallFailed(reason, violations, retry_after, answered=True) if reason in CATALOG else None


def _packed(message: Any) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed
