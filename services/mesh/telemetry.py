"""Logs, metrics and trace context. None of them ever holds what a person wrote.

A log line carries only the fields named in ``LOGGED``; any other is dropped, so that text cannot slip in through a
keyword. Metrics are defined once for all services and tell them apart by label.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import context as otel_context
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from prometheus_client import Counter, Gauge, Histogram

LOGGED = frozenset(
    {
        "event", "level", "timestamp", "service", "method", "code", "reason", "request_id", "duration_ms", "caller",
        "port", "address", "error_type", "where", "count", "rows", "refused", "version", "stage", "domain", "state",
        "exchange_id", "kind", "path", "file", "field", "row", "signal", "attempt", "status", "route", "seconds",
    }
)  # fmt: skip

CALLS = Histogram(
    "medichain_server_seconds",
    "Time a served call took",
    ["service", "method", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
)
IN_FLIGHT = Gauge("medichain_server_in_flight", "Calls being served", ["service"])
OUTGOING = Counter("medichain_client_calls_total", "Calls made to other services", ["callee", "method", "code"])
BREAKER_OPEN = Gauge("medichain_client_breaker_open", "1 while calls to a service are withheld", ["callee"])
LIMITS_LOCAL = Gauge("medichain_limits_local", "1 while calls are counted in this process because Redis is away")
DEGRADED = Counter("medichain_degraded_total", "Parts of answers that were missing", ["domain", "reason"])


def _only_known_fields(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in LOGGED}


class _Stderr:
    """The process's stderr as it is at the moment of writing, so that it can be redirected."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: str, trace_ratio: float = 0.0) -> None:
    """Sets up logging and tracing for this process; called once, by the process's entry point."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_known_fields,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), 20)),
        logger_factory=structlog.PrintLoggerFactory(_Stderr()),  # type: ignore[arg-type]
    )
    trace.set_tracer_provider(TracerProvider(sampler=ParentBased(TraceIdRatioBased(trace_ratio))))


def log() -> Any:
    """The process's structured log."""
    return structlog.get_logger()


def where(error: BaseException) -> str:
    """Where an exception was raised, as "file:line function"; never its text, which may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in reversed(frames[-4:]))


def tracer() -> trace.Tracer:
    return trace.get_tracer("medichain")


NO_SPAN: trace.Span = trace.INVALID_SPAN


def served_span(path: str, metadata: dict[str, str]) -> trace.Span:
    """A server span, current for the rest of this task; its owner ends it."""
    span = tracer().start_span(path, context=extracted(metadata), kind=trace.SpanKind.SERVER)
    otel_context.attach(trace.set_span_in_context(span))
    return span


def injected(carrier: dict[str, str]) -> dict[str, str]:
    """``carrier`` with the current trace context added."""
    propagate.inject(carrier)
    return carrier


def extracted(carrier: dict[str, str]) -> Any:
    """The trace context a caller sent."""
    return propagate.extract(carrier)
