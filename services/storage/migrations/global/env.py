"""Alembic environment of the global database."""

from services.storage.migrations.environment import run
from services.storage.tables.directory import metadata

run(metadata)
