"""Every history reaches the tables the code uses, and two that start at once do no harm."""

import asyncio
import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from services.storage.engine import open_engine
from services.storage.migrate import migrate


@pytest.mark.parametrize(
    ("history", "module"),
    [("reference", "reference"), ("shard", "shard"), ("keys", "keys"), ("global", "directory")],
)
async def test_migrations_give_the_tables_the_code_uses(history, module, tmp_path):
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/{history}.sqlite3")
    await asyncio.gather(migrate(history, url), migrate(history, url))
    tables = importlib.import_module(f"services.storage.tables.{module}")
    engine = open_engine(url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), tables.metadata)
        )
    await engine.dispose()
    assert differences == []
