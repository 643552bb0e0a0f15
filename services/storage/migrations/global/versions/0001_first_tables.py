"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.types import Digest, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("operator", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject", "number"], unique=False)
    op.create_table(
        "service_health",
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("instance", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("checked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("service", "instance"),
    )
    op.create_table(
        "shard_info",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("driver", sa.String(length=40), nullable=False),
        sa.Column("host", sa.String(length=255), server_default="", nullable=False),
        sa.Column("port", sa.Integer(), server_default="0", nullable=False),
        sa.Column("database_name", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=80), server_default="", nullable=False),
        sa.Column("password", sa.String(length=255), server_default="", nullable=False),
        sa.Column("options", sa.String(length=500), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("max_users", sa.Integer(), server_default="10000", nullable=False),
        sa.Column("current_users", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ux_shard_info_place", "shard_info", ["host", "port", "database_name"], unique=True)
    op.create_table(
        "user_shard_mapping",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("login_hash", Digest(32), nullable=False),
        sa.Column("shard_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_index("ix_user_shard_mapping_shard", "user_shard_mapping", ["shard_id", "user_id"], unique=False)
    op.create_index("ix_user_shard_mapping_state", "user_shard_mapping", ["state", "updated_at"], unique=False)
    op.create_index("ux_user_shard_mapping_login", "user_shard_mapping", ["login_hash"], unique=True)
