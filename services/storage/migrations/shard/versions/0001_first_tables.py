"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.storage.types import Blob, Digest, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_user", "consent", ["user_id", "id"], unique=False)
    op.create_table(
        "consultation_history",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=32), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("domain", sa.String(length=40), server_default="", nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("query", Blob(65535), nullable=False),
        sa.Column("response", Blob(1048576), nullable=True),
        sa.Column("result", Blob(1048576), nullable=True),
        sa.Column("confidence_score", sa.Float(), nullable=True),
        sa.Column("quality_score", sa.Float(), nullable=True),
        sa.Column("response_time_ms", sa.Integer(), nullable=True),
        sa.Column("emergency_level", sa.Integer(), server_default="1", nullable=False),
        sa.Column("provider", sa.String(length=40), server_default="", nullable=False),
        sa.Column("model", sa.String(length=80), server_default="", nullable=False),
        sa.Column("prompt_version", sa.String(length=16), server_default="", nullable=False),
        sa.Column("data_version", sa.String(length=40), server_default="", nullable=False),
        sa.Column("tokens_read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens_written", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cost_dollars", sa.Float(), nullable=True),
        sa.Column("dropped", sa.JSON(), nullable=True),
        sa.Column("modelled", sa.JSON(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=128), nullable=True),
        sa.Column("feedback_score", sa.Integer(), nullable=True),
        sa.Column("feedback_comment", Blob(16384), nullable=True),
        sa.Column("rated_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("completed_at", Moment(), nullable=True),
        sa.CheckConstraint("feedback_score BETWEEN 1 AND 5", name="ck_consultation_history_feedback"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_consultation_history_conversation", "consultation_history", ["conversation_id", "id"], unique=False
    )
    op.create_index("ix_consultation_history_rated", "consultation_history", ["rated_at", "id"], unique=False)
    op.create_index("ix_consultation_history_state", "consultation_history", ["state", "created_at"], unique=False)
    op.create_index("ix_consultation_history_user", "consultation_history", ["user_id", "id"], unique=False)
    op.create_index(
        "ux_consultation_history_idempotency", "consultation_history", ["user_id", "idempotency_key"], unique=True
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("exchanges", sa.Integer(), server_default="0", nullable=False),
        sa.Column("emergency_level", sa.Integer(), server_default="1", nullable=False),
        sa.Column("emergency_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_conversation_expires", "conversation", ["expires_at"], unique=False)
    op.create_index("ix_conversation_owner", "conversation", ["owner", "updated_at", "id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.String(length=120), nullable=False),
        sa.Column("score", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("exchange_id", "number"),
    )
    op.create_table(
        "known_place",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("place", Digest(32), nullable=False),
        sa.Column("last_seen", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "place"),
    )
    op.create_index("ix_known_place_seen", "known_place", ["last_seen"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("event", Blob(65535), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "search_log",
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("degraded", sa.String(length=40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("exchange_id", "domain"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("device", Blob(512), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.String(length=20), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_session_ended", "session", ["ended_at", "expires_at"], unique=False)
    op.create_index("ix_session_user", "session", ["user_id", "created_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("login", Blob(1024), nullable=False),
        sa.Column("login_hash", Digest(32), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", Blob(1024), nullable=True),
        sa.Column("phone", Blob(255), nullable=True),
        sa.Column("phone_hash", Digest(32), nullable=True),
        sa.Column("email", Blob(1200), nullable=True),
        sa.Column("email_hash", Digest(32), nullable=True),
        sa.Column("birth_date", Blob(255), nullable=True),
        sa.Column("gender", Blob(255), nullable=True),
        sa.Column("health", Blob(65535), nullable=True),
        sa.Column("saved_clinics", Blob(65535), nullable=True),
        sa.Column("role", sa.String(length=10), server_default="user", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("last_login", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_users_email", "users", ["email_hash"], unique=False)
    op.create_index("ix_users_phone", "users", ["phone_hash"], unique=False)
    op.create_index("ux_users_login", "users", ["login_hash"], unique=True)
