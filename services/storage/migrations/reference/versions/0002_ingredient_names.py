"""Names of ingredients, and an index for the rules that speak of ingredients alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "ingredient_name",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_dur_rule_scope", "dur_rule", ["item_seq", "ingredient", "partner"])
