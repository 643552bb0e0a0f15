"""Statements that take long, by their verb and table; never their parameters, which are people's.

A statement may carry a name of its own: ``statement.execution_options(query_name="history.page")``.
"""

from __future__ import annotations

import time
from typing import Any

from prometheus_client import Counter, Histogram
from sqlalchemy import event
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mesh import telemetry

SLOW_MS = 1000
_BEGAN = "medichain_began"

SLOW = Counter("medichain_slow_queries_total", "Statements that took over a second", ["database", "query"])
POOL_WAIT = Histogram(
    "medichain_pool_wait_seconds",
    "Time until a pool gave a connection",
    ["database"],
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)


def watch(engine: AsyncEngine, database: str) -> None:
    """Logs the engine's slow statements from now on."""

    def began(connection: Any, *_: Any) -> None:
        connection.info[_BEGAN] = time.perf_counter()

    def ended(connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        took_ms = (time.perf_counter() - connection.info.pop(_BEGAN, time.perf_counter())) * 1000
        if took_ms > SLOW_MS:
            report(database, name_of(statement, context), took_ms)

    event.listen(engine.sync_engine, "before_cursor_execute", began)
    event.listen(engine.sync_engine, "after_cursor_execute", ended)


def report(database: str, query: str, took_ms: float) -> None:
    SLOW.labels(database, query).inc()
    telemetry.log().warning("slow_query", kind=query, stage=database, duration_ms=round(took_ms))


def name_of(statement: str, context: ExecutionContext | None) -> str:
    """ "select users": the name the statement was given, or its verb and tables; of bare SQL the verb alone."""
    given = context.execution_options.get("query_name") if context else None
    if given:
        return str(given)
    verb = statement.lstrip().split(None, 1)[0].lower() if statement.strip() else "?"
    compiled: Any = getattr(context, "compiled", None)
    return " ".join([verb, *tables_of(compiled.statement)]) if compiled is not None else verb


def tables_of(statement: Any) -> list[str]:
    """Names of the tables a statement reads or writes."""
    table = getattr(statement, "table", None)
    sources = [table] if table is not None else list(getattr(statement, "get_final_froms", list)())
    return [str(source.name) for source in sources if getattr(source, "name", None)]
