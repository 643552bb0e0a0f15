"""The global database: which shards there are, who lives where, how the services are, what operators did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

from services.storage.types import Digest, Moment

metadata = MetaData()

shard_info = Table(
    "shard_info",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("driver", String(40), nullable=False),  # SQLAlchemy's name, e.g. "mysql+aiomysql"
    Column("host", String(255), nullable=False, server_default=""),
    Column("port", Integer, nullable=False, server_default="0"),
    Column("database_name", String(255), nullable=False),  # for SQLite a file, seen from the data directory
    Column("username", String(80), nullable=False, server_default=""),
    # Where the password is found, never the password: "env:NAME", "file:PATH", "url:N" (the Nth configured URL) or "".
    Column("password", String(255), nullable=False, server_default=""),
    Column("options", String(500), nullable=False, server_default=""),  # the URL's query, e.g. "ssl_ca=/etc/ca.pem"
    Column("is_active", Boolean, nullable=False, server_default="1"),  # False: takes no new accounts
    Column("max_users", Integer, nullable=False, server_default="10000"),
    Column("current_users", Integer, nullable=False, server_default="0"),
    Index("ux_shard_info_place", "host", "port", "database_name", unique=True),
)

user_shard_mapping = Table(
    "user_shard_mapping",
    metadata,
    Column("user_id", String(32), primary_key=True),
    # Keyed hash of the login name: one person has it in the whole house.
    Column("login_hash", Digest(32), nullable=False),
    Column("shard_id", Integer, nullable=False),
    # "pending": the shard does not have the person yet; "active"; "moving"; "erasing".
    Column("state", String(10), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("updated_at", Moment(), nullable=False),
    Index("ux_user_shard_mapping_login", "login_hash", unique=True),
    Index("ix_user_shard_mapping_shard", "shard_id", "user_id"),
    Index("ix_user_shard_mapping_state", "state", "updated_at"),
)

service_health = Table(
    "service_health",
    metadata,
    Column("service", String(40), primary_key=True),
    Column("instance", String(80), primary_key=True),
    Column("status", String(12), nullable=False),  # "healthy", "unhealthy", "maintenance"
    Column("checked_at", Moment(), nullable=False),
)

# Entries chain: each one's hash covers its own line and the hash before it, so none can be changed or taken out unseen.
audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Moment(), nullable=False),
    Column("operator", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_log_subject", "subject", "number"),
)
