"""People's records, on the shard a person lives on. Personal columns and texts are sealed with a data key each."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

from services.storage.types import Blob, Digest, Moment

metadata = MetaData()

# A person. E-mail and phone are found by their keyed hashes; what stands beside them is sealed.
users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", Blob(1024), nullable=False),  # the name as the person typed it
    Column("login_hash", Digest(32), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("name", Blob(1024)),
    Column("phone", Blob(255)),
    Column("phone_hash", Digest(32)),
    Column("email", Blob(1200)),
    Column("email_hash", Digest(32)),
    Column("birth_date", Blob(255)),
    Column("gender", Blob(255)),  # "M", "F", "Other"
    Column("health", Blob(65535)),  # a serialised medichain.specialist.v1.Profile
    Column("saved_clinics", Blob(65535)),  # JSON list of facility ids
    Column("role", String(10), nullable=False, server_default="user"),
    Column("is_active", Boolean, nullable=False, server_default="1"),
    Column("state", String(10), nullable=False, server_default="active"),  # "active", "moving": writes are refused
    Column("created_at", Moment(), nullable=False),
    Column("updated_at", Moment(), nullable=False),
    Column("last_login", Moment()),
    Index("ux_users_login", "login_hash", unique=True),
    Index("ix_users_email", "email_hash"),
    Index("ix_users_phone", "phone_hash"),
)

consent = Table(
    "consent",
    metadata,
    Column("id", String(32), primary_key=True),  # sorts by time
    Column("user_id", String(32), nullable=False),
    Column("kind", Integer, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("version", String(40), nullable=False),
    Column("recorded_at", Moment(), nullable=False),
    Index("ix_consent_user", "user_id", "id"),
)

# Every login, and how it ended. The living state of a session is Redis' affair.
session = Table(
    "session",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("device", Blob(512)),
    Column("created_at", Moment(), nullable=False),
    Column("expires_at", Moment(), nullable=False),
    Column("ended_at", Moment()),
    Column("end_reason", String(20), nullable=False, server_default=""),
    Index("ix_session_user", "user_id", "created_at"),
    Index("ix_session_ended", "ended_at", "expires_at"),  # those that live, too, by the end of their time
)

# Where a person has logged in from: keyed hashes of addresses. A stranger's failures do not lock these out.
known_place = Table(
    "known_place",
    metadata,
    Column("user_id", String(32), primary_key=True),
    Column("place", Digest(32), primary_key=True),
    Column("last_seen", Moment(), nullable=False),
    Index("ix_known_place_seen", "last_seen"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),  # "anonymous:<id>" or a user's id
    Column("created_at", Moment(), nullable=False),
    Column("updated_at", Moment(), nullable=False),
    Column("expires_at", Moment()),  # set for anonymous conversations, and by the retention setting
    Column("exchanges", Integer, nullable=False, server_default="0"),
    # Highest emergency level of the last six hours, and when it was seen.
    Column("emergency_level", Integer, nullable=False, server_default="1"),
    Column("emergency_at", Moment()),
    Index("ix_conversation_owner", "owner", "updated_at", "id"),
    Index("ix_conversation_expires", "expires_at"),
)

# One question and its answer: an exchange.
consultation_history = Table(
    "consultation_history",
    metadata,
    Column("id", String(32), primary_key=True),  # sorts by time
    Column("conversation_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),  # the conversation's owner
    Column("session_id", String(32), nullable=False, server_default=""),
    Column("state", String(12), nullable=False),  # "open", "completed", "partial", "failed"
    Column("domain", String(40), nullable=False, server_default=""),  # the answer's main domain
    Column("domains", JSON, nullable=False, default=list),
    Column("query", Blob(65535), nullable=False),
    Column("response", Blob(1 << 20)),
    Column("result", Blob(1 << 20)),  # the completed event, serialised
    Column("confidence_score", Float),
    Column("quality_score", Float),
    Column("response_time_ms", Integer),
    Column("emergency_level", Integer, nullable=False, server_default="1"),
    # The answer's receipt: who wrote it, told what, from which data, what that took, and why sentences were dropped.
    Column("provider", String(40), nullable=False, server_default=""),
    Column("model", String(80), nullable=False, server_default=""),
    Column("prompt_version", String(16), nullable=False, server_default=""),
    Column("data_version", String(40), nullable=False, server_default=""),
    Column("tokens_read", Integer, nullable=False, server_default="0"),
    Column("tokens_written", Integer, nullable=False, server_default="0"),
    Column("cost_dollars", Float),
    Column("dropped", JSON),
    Column("modelled", JSON),  # where in the answer a model's sentences stand
    Column("idempotency_key", String(128)),
    Column("feedback_score", Integer),
    Column("feedback_comment", Blob(16384)),
    Column("rated_at", Moment()),
    Column("created_at", Moment(), nullable=False),
    Column("completed_at", Moment()),
    CheckConstraint("feedback_score BETWEEN 1 AND 5", name="ck_consultation_history_feedback"),
    Index("ix_consultation_history_conversation", "conversation_id", "id"),
    Index("ix_consultation_history_user", "user_id", "id"),
    Index("ux_consultation_history_idempotency", "user_id", "idempotency_key", unique=True),
    Index("ix_consultation_history_state", "state", "created_at"),
    Index("ix_consultation_history_rated", "rated_at", "id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("exchange_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("evidence_id", String(120), nullable=False),
    Column("score", Float, nullable=False, server_default="0"),
)

search_log = Table(
    "search_log",
    metadata,
    Column("exchange_id", String(32), primary_key=True),
    Column("domain", String(40), primary_key=True),
    Column("found", Integer, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("degraded", String(40), nullable=False, server_default=""),
)

# Events on their way to the stream; a row leaves when the stream has it.
outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("event", Blob(65535), nullable=False),  # a serialised medichain.events.v1.Envelope
    Column("created_at", Moment(), nullable=False),
)
