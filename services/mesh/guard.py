"""The one interceptor every call passes before it reaches a servicer.

In this order: the request is decoded, the contract's policy is found, the caller is identified, authorised and counted
(:mod:`services.mesh.admission`), the request is validated, and the servicer runs. All of it happens under the call's
deadline; failures are answered from the error catalog.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import grpc

from services.mesh import telemetry
from services.mesh.admission import Admission
from services.mesh.context import CallContext, enter
from services.mesh.errors import DETAILS_KEY, CallFailed, MeshError, details_of
from services.mesh.policy import INFRASTRUCTURE, Policy
from services.mesh.validation import validate

# A call that runs out of time here is answered a little before its caller gives up, so that the caller can tell a
# service that is slow at one thing from one that does not answer at all.
REPLY_SECONDS = 0.02
# Reasons another service may give that are the caller's to know, not a fault of the service in between.
_PASSED_ON = frozenset({"SESSION_EXPIRED", "SESSION_DUPLICATED", "SESSION_BLOCKED", "MOVING", "BUSY"})


class Malformed:
    """Stands in for a request that could not be decoded."""


_MALFORMED = Malformed()


class Guard(grpc.aio.ServerInterceptor):
    """Applies the contracts' policies to every call of a server."""

    def __init__(self, service: str, policies: Mapping[str, Policy], admission: Admission) -> None:
        self._service, self._policies, self._admission = service, policies, admission
        self._guarded: dict[str, Any] = {}

    async def intercept_service(self, continuation: Any, details: Any) -> Any:
        path: str = details.method
        if path in self._guarded:
            return self._guarded[path]
        handler = await continuation(details)
        if handler is None or path.startswith(INFRASTRUCTURE):
            return handler
        self._guarded[path] = self._guard(path, handler)
        return self._guarded[path]

    def _guard(self, path: str, handler: Any) -> Any:
        """The handler, wrapped. Only unary requests exist in our contracts."""
        policy = self._policies.get(path)
        decode = _decoder(handler.request_deserializer)
        if handler.response_streaming:

            async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
                async with (
                    self._call(path, policy, request, context),
                    aclosing(handler.unary_stream(request, context)) as items,
                ):
                    async for item in items:
                        yield item

            return grpc.unary_stream_rpc_method_handler(stream, decode, handler.response_serializer)

        async def unary(request: Any, context: Any) -> Any:
            async with self._call(path, policy, request, context):
                return await handler.unary_unary(request, context)

        return grpc.unary_unary_rpc_method_handler(unary, decode, handler.response_serializer)

    @asynccontextmanager
    async def _call(self, path: str, policy: Policy | None, request: Any, context: Any) -> AsyncIterator[None]:
        started = time.monotonic()
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        call = _call_context(metadata, policy, context, started)
        outcome, failure, span = grpc.StatusCode.OK, None, telemetry.NO_SPAN
        telemetry.IN_FLIGHT.labels(self._service).inc()
        try:
            async with asyncio.timeout(call.remaining()):
                call = await self._admitted(call, metadata, policy, request, context.peer())
                enter(call)
                span = telemetry.served_span(path, metadata)
                yield
        except (asyncio.CancelledError, GeneratorExit):
            outcome = grpc.StatusCode.CANCELLED
            raise
        except Exception as raised:
            failure = as_public(raised)
            outcome = failure.reason.code
            self._log_failure(path, call, failure, raised)
        finally:
            span.end()
            telemetry.IN_FLIGHT.labels(self._service).dec()
            self._measure(path, call, outcome, started)
        if failure:
            await context.abort(failure.reason.code, failure.reason.message, _trailing(call, failure))

    async def _admitted(
        self, call: CallContext, metadata: dict[str, str], policy: Policy | None, request: Any, peer: str
    ) -> CallContext:
        """The call as it is served, once it is decoded, allowed, in time and valid."""
        if policy is None:
            raise MeshError("NO_POLICY")
        if request is _MALFORMED:
            raise MeshError("MALFORMED")
        call = await self._admission.admitted(call, metadata, policy, peer)
        if call.remaining() == 0:
            raise MeshError("DEADLINE")
        validate(request)
        return call

    def _measure(self, path: str, call: CallContext, code: grpc.StatusCode, started: float) -> None:
        seconds = time.monotonic() - started
        method = path.rpartition("/")[2]
        telemetry.CALLS.labels(self._service, method, code.name).observe(seconds)
        telemetry.log().debug(
            "served",
            service=self._service,
            method=method,
            code=code.name,
            request_id=call.request_id,
            caller=call.principal.name,
            duration_ms=round(seconds * 1000, 1),
        )

    def _log_failure(self, path: str, call: CallContext, failure: MeshError, raised: Exception) -> None:
        entry = {
            "service": self._service,
            "method": path.rpartition("/")[2],
            "reason": failure.reason.name,
            "request_id": call.request_id,
        }
        if failure is raised or isinstance(raised, TimeoutError):
            telemetry.log().info("refused", **entry)
        else:
            telemetry.log().error("failed", error_type=type(raised).__name__, where=telemetry.where(raised), **entry)


def as_public(raised: Exception) -> MeshError:
    """What the caller may learn about an exception."""
    if isinstance(raised, CallFailed) and not raised.absent and raised.reason.name not in _PASSED_ON:
        # The callee refused what this service made of the caller's request: a fault of ours, not of the caller.
        return MeshError("INTERNAL")
    if isinstance(raised, MeshError):
        return raised
    return MeshError("DEADLINE" if isinstance(raised, TimeoutError) else "INTERNAL")


def _trailing(call: CallContext, failure: MeshError) -> tuple[tuple[str, Any], ...]:
    """The failure's details. One that says when to come again is not asked for again at once."""
    told = ((DETAILS_KEY, details_of(failure)), ("x-request-id", call.request_id))
    return told if failure.retry_after is None else (*told, ("grpc-retry-pushback-ms", "-1"))


def _decoder(deserialise: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def decode(serialised: bytes) -> Any:
        try:
            return deserialise(serialised)
        except Exception:  # the decoder's text may quote the request
            return _MALFORMED

    return decode


def _call_context(metadata: dict[str, str], policy: Policy | None, context: Any, started: float) -> CallContext:
    seconds = _seconds(context.time_remaining(), policy.timeout if policy else None)
    call = CallContext(
        deadline=None if seconds is None else started + seconds,
        authorization=metadata.get("authorization", ""),
        idempotency_key=metadata.get("idempotency-key", ""),
    )
    given = metadata.get("x-request-id", "")
    return replace(call, request_id=given) if given.isascii() and 0 < len(given) <= 64 else call


def _seconds(left: float | None, allowed: float | None) -> float | None:
    """How long a call may take: what its caller has left, less the time of the answer's way back, or the contract's."""
    waited = None if left is None else max(0.0, left - min(REPLY_SECONDS, left / 10))
    limits = [limit for limit in (waited, allowed) if limit is not None]
    return min(limits) if limits else None
