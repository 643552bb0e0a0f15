"""Room for long texts and exact coordinates on MySQL and MariaDB; SQLite has had both."""

from __future__ import annotations

from alembic import op

from services.storage.types import MYSQL, Prose, Real

revision = "0003"
down_revision = "0002"

TEXTS = {
    "drug_information": (
        "efficacy", "usage", "warning", "precautions", "interactions", "side_effects", "storage",
    ),
    "dur_rule": ("content",),
    "knowledge_passage": ("text",),
}  # fmt: skip
PLACES = ("hospital_information", "emergency_room")


def upgrade() -> None:
    if op.get_bind().dialect.name not in MYSQL:
        return
    for table, columns in TEXTS.items():
        for column in columns:
            op.alter_column(table, column, type_=Prose(), existing_nullable=False)
    for table in PLACES:
        for column in ("latitude", "longitude"):
            op.alter_column(table, column, type_=Real(), existing_nullable=False)
    op.alter_column("hospital_information", "rating", type_=Real(), existing_nullable=True)
