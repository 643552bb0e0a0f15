"""Alembic environment of the shard databases."""

from services.storage.migrations.environment import run
from services.storage.tables.shard import metadata

run(metadata)
