"""How a server means to find the rows of each statement that the stores send: collected from their tests, explained.

As a plugin (``-p tests.support.explained`` with EXPLAINED_TO naming a folder) this module writes down every distinct
statement a test run sends to a MySQL server, with the parameters it came with first; each of its processes in a file.
"""

from __future__ import annotations

import base64
import json
import os
import pathlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import greenlet
from sqlalchemy import Boolean, Column, DateTime, Engine, Float, Integer, LargeBinary, Table, event, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.storage import clock
from services.storage.tables import directory, keys, shard

ROOT = pathlib.Path(__file__).parents[2]
DATABASES = (directory.metadata, shard.metadata, keys.metadata)
# Tables that grow with the people who use the house: no statement may read one from end to end.
USER_SIZED = {
    "users": 3000, "consultation_history": 6000, "conversation": 3000, "session": 3000, "consent": 3000,
    "known_place": 3000, "user_shard_mapping": 3000, "data_key": 3000, "evidence": 6000, "search_log": 6000,
}  # fmt: skip
EXPLAINABLE = re.compile(r"^\s*(SELECT|UPDATE|DELETE)\b.*?\b(FROM|UPDATE)\b", re.IGNORECASE | re.DOTALL)
FULL_SCANS = ("ALL", "index")
CHOICES = {
    "state": ["completed"] * 97 + ["partial", "failed", "open"],
    "master": ["first"],
    "role": ["user"],
    "kind": [1, 2, 3],
}
NOW = clock.now()


@dataclass(frozen=True)
class Scan:
    """A statement that reads a user-sized table from end to end."""

    table: str
    how: str
    statement: str


# ---- collecting ------------------------------------------------------------------------------------------------------


def pytest_configure(config: Any) -> None:
    target = os.environ.get("EXPLAINED_TO")
    if target:
        config.stash["explained"] = found = {}
        event.listen(Engine, "before_cursor_execute", _collecting(found))
        config.add_cleanup(lambda: _written_down(pathlib.Path(target), found))


def _written_down(folder: pathlib.Path, found: dict[str, tuple[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{os.getpid()}.json").write_text(json.dumps(list(found.values()), default=_coded))


def _collecting(found: dict[str, tuple[str, Any]]) -> Any:
    def collect(connection: Any, _: Any, statement: str, parameters: Any, __: Any, many: bool) -> None:
        of_interest = EXPLAINABLE.match(statement) and any(table in statement for table in USER_SIZED)
        if of_interest and connection.dialect.name in ("mysql", "mariadb") and _by_the_product():
            found.setdefault(_shape(statement), (statement, parameters[0] if many else parameters))

    return collect


def _by_the_product() -> bool:
    """Whether a service has sent what is being sent, and not a test that looks at the tables itself.

    SQLAlchemy works in a greenlet of its own; who waits for it stands in its parent.
    """
    parent = greenlet.getcurrent().parent
    frame = parent.gr_frame if parent else None
    while frame is not None:
        place = pathlib.Path(frame.f_code.co_filename)
        if place.is_relative_to(ROOT / "services") or place.is_relative_to(ROOT / "tests"):
            return place.is_relative_to(ROOT / "services")
        frame = frame.f_back
    return False


def _shape(statement: str) -> str:
    """The statement with lists of any length written alike."""
    return re.sub(r"\((%s(, )?)+\)", "(%s)", " ".join(statement.split()))


def _coded(value: Any) -> Any:
    return {"time": value.isoformat()} if isinstance(value, datetime) else {"bytes": base64.b64encode(value).decode()}


def collected(folder: pathlib.Path) -> list[tuple[str, tuple[Any, ...]]]:
    """The distinct statements that a run with the plugin has written down."""
    found: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for file in sorted(folder.glob("*.json")):
        for statement, parameters in json.loads(file.read_text()):
            found.setdefault(_shape(statement), (statement, tuple(map(_decoded, parameters))))
    return list(found.values())


def _decoded(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["time"]) if "time" in value else base64.b64decode(value["bytes"])


# ---- a database of some size -----------------------------------------------------------------------------------------


async def fill(engine: AsyncEngine) -> None:
    """Makes the tables of all databases in one, with enough rows that the server chooses its ways with care."""
    chance = random.Random(1)
    async with engine.begin() as connection:
        for metadata in DATABASES:
            await connection.run_sync(metadata.create_all)
            for table in metadata.sorted_tables:
                rows = [_row(table, number, chance) for number in range(1, USER_SIZED.get(table.name, 500) + 1)]
                await connection.execute(insert(table), rows)
                await connection.execute(text(f"ANALYZE TABLE `{table.name}`"))


def _row(table: Table, number: int, chance: random.Random) -> dict[str, Any]:
    return {column.name: _value(column, number, chance) for column in table.columns}


def _value(column: Column[Any], number: int, chance: random.Random) -> Any:
    unique = column.primary_key or column.name in ("login_hash", "idempotency_key")
    some = number if unique else chance.randrange(300)
    if column.name in CHOICES and not unique:
        return chance.choice(CHOICES[column.name])
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, DateTime):
        return _moment(column.name, chance)
    if isinstance(column.type, (Integer, Float)):
        return 1 + some % 5 if column.name == "feedback_score" else some
    if isinstance(column.type, LargeBinary):
        return some.to_bytes(8, "big")
    return {"n": some} if column.type.__visit_name__ == "JSON" else f"{some:08d}"


def _moment(name: str, chance: random.Random) -> datetime:
    """What expires does so in the coming year, and what has been kept for too long has been swept away."""
    if name.startswith("expires"):
        return NOW + timedelta(minutes=chance.randrange(500_000))
    return NOW - timedelta(minutes=chance.randrange(500_000 if name == "created_at" else 40_000))


# ---- explaining ------------------------------------------------------------------------------------------------------


async def scans(engine: AsyncEngine, statements: list[tuple[str, tuple[Any, ...]]]) -> list[Scan]:
    """Statements by which the server would read a user-sized table from end to end."""
    found = []
    async with engine.connect() as connection:
        for statement, parameters in statements:
            plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            found += [Scan(table, how, _shape(statement)) for table, how in _ways(plan.mappings().all(), statement)]
    return found


def _ways(plan: Any, statement: str) -> Iterator[tuple[str, str]]:
    if _first_few(statement):
        return
    aliases = {alias: table for table, alias in re.findall(r"`?(\w+)`? AS `?(\w+)`?", statement)}
    for step in plan:
        table = aliases.get(step["table"], step["table"])
        if table in USER_SIZED and step["type"] in FULL_SCANS:
            yield table, step["type"]


def _first_few(statement: str) -> bool:
    """Whether any rows will do, and no more of them are read than are asked for."""
    return "LIMIT" in statement and not re.search(r"\b(WHERE|ORDER BY|GROUP BY|JOIN)\b", statement)
