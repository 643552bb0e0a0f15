"""People's records: conversations, exchanges, evidence, search log, outbox. Texts are stored encrypted."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),  # "anonymous:<id>" or a user id
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime),  # set for anonymous conversations
    # Highest emergency level of the last six hours, and when it was seen.
    Column("emergency_level", Integer, nullable=False, server_default="1"),
    Column("emergency_at", DateTime),
    Index("ix_conversation_owner", "owner", "created_at"),
    Index("ix_conversation_expires", "expires_at"),
)

exchange = Table(
    "exchange",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", String(64), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # "open", "completed", "partial", "failed"
    Column("question", LargeBinary(65535), nullable=False),
    Column("answer", LargeBinary(1 << 20)),
    Column("result", LargeBinary(1 << 20)),  # the completed event, serialised and encrypted
    Column("idempotency_key", String(128)),
    Column("domains", JSON, nullable=False, default=list),
    Column("confidence", Float),
    Column("emergency_level", Integer, nullable=False, server_default="1"),
    Column("provider", String(40), nullable=False, server_default=""),
    Column("total_ms", Integer),
    Column("feedback_score", Integer),
    Column("created_at", DateTime, nullable=False),
    Column("completed_at", DateTime),
    Index("ix_exchange_conversation", "conversation_id", "id"),
    Index("ux_exchange_idempotency", "owner", "idempotency_key", unique=True),
    Index("ix_exchange_state", "state", "created_at"),
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

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("event", LargeBinary(65535), nullable=False),  # a serialised medichain.events.v1.Envelope
    Column("created_at", DateTime, nullable=False),
    Column("sent", Boolean, nullable=False, server_default="0"),
    Index("ix_outbox_sent", "sent", "id"),
)
