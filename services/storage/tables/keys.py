"""Data keys, one per owner, wrapped by the master key. Without its row, no copy of an owner's texts can be read."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, String, Table

metadata = MetaData()

data_key = Table(
    "data_key",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("wrapped", LargeBinary(200), nullable=False),
    Column("created_at", DateTime, nullable=False),
)
