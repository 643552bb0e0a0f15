"""Alembic environment of the reference databases."""

from services.storage.migrations.environment import run
from services.storage.tables.reference import metadata

run(metadata)
