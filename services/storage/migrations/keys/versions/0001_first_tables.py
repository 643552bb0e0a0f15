"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.types import Blob, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("wrapped", Blob(200), nullable=False),
        sa.Column("master", sa.String(length=16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_index("ix_data_key_master", "data_key", ["master"], unique=False)
