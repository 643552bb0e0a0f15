"""Alembic environment of the keys databases."""

from services.storage.migrations.environment import run
from services.storage.tables.keys import metadata

run(metadata)
