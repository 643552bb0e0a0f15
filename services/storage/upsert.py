"""Insert-or-replace in the words of each dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.storage.types import MYSQL


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows; one whose primary key exists has the given columns replaced and keeps its others.

    Every row names the same columns. No rows is fine.
    """
    if not rows:
        return
    keys = {column.name for column in table.primary_key}
    changed = [name for name in rows[0] if name not in keys]
    await connection.execute(_statement(connection.dialect.name, table, sorted(keys), changed), list(rows))


def _statement(dialect: str, table: Table, keys: list[str], changed: list[str]) -> Any:
    if dialect in MYSQL:
        replacing = mysql_insert(table)
        columns = changed or keys[:1]
        return replacing.on_duplicate_key_update({name: replacing.inserted[name] for name in columns})
    inserting = sqlite_insert(table)
    if not changed:
        return inserting.on_conflict_do_nothing()
    return inserting.on_conflict_do_update(
        index_elements=keys, set_={name: inserting.excluded[name] for name in changed}
    )
