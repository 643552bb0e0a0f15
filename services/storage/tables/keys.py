"""Data keys, one per owner, wrapped by a master key. Without its row, no copy of an owner's texts can be read."""

from __future__ import annotations

from sqlalchemy import Column, Index, MetaData, String, Table

from services.storage.types import Blob, Moment

metadata = MetaData()

data_key = Table(
    "data_key",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("wrapped", Blob(200), nullable=False),
    Column("master", String(16), nullable=False),  # which master key wraps it
    Column("created_at", Moment(), nullable=False),
    Index("ix_data_key_master", "master"),
)
