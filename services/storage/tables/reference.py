"""Public data: medicines, DUR rules, facilities, emergency rooms, holidays, knowledge passages."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Index, Integer, MetaData, String, Table

from services.storage.types import Prose, Real

metadata = MetaData()

drug_information = Table(
    "drug_information",
    metadata,
    Column("item_seq", String(12), primary_key=True),
    Column("name", String(300), nullable=False),
    Column("company", String(200), nullable=False, server_default=""),
    Column("generic_name", String(500), nullable=False, server_default=""),
    Column("drug_class", String(200), nullable=False, server_default=""),
    Column("form", String(100), nullable=False, server_default=""),
    Column("strength", String(300), nullable=False, server_default=""),
    Column("prescription_status", String(12), nullable=False, server_default=""),  # "otc", "prescription", ""
    Column("atc_code", String(10), nullable=False, server_default=""),
    Column("cancelled", Boolean, nullable=False, server_default="0"),
    Column("efficacy", Prose(), nullable=False, default=""),
    Column("usage", Prose(), nullable=False, default=""),
    Column("warning", Prose(), nullable=False, default=""),
    Column("precautions", Prose(), nullable=False, default=""),
    Column("interactions", Prose(), nullable=False, default=""),
    Column("side_effects", Prose(), nullable=False, default=""),
    Column("storage", Prose(), nullable=False, default=""),
    Column("image", String(300), nullable=False, server_default=""),
    Column("as_of", String(10), nullable=False, server_default=""),
    Column("source", String(200), nullable=False, server_default=""),
)

drug_ingredient = Table(
    "drug_ingredient",
    metadata,
    Column("item_seq", String(12), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(200), nullable=False),  # base name without salt: what DUR rules speak of
    Column("label", String(200), nullable=False),  # as registered, salt included
    Column("strength", String(60), nullable=False, server_default=""),
    Index("ix_drug_ingredient_name", "name"),
)

# Every way a medicine is found: brand core, whole name, ingredient, class word; keys are normalised.
drug_name = Table(
    "drug_name",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("item_seq", String(12), primary_key=True),
    Column("kind", String(12), primary_key=True),  # "brand", "product", "alias", "ingredient", "sole"
    Index("ix_drug_name_item", "item_seq"),
)

# Every way an active ingredient is written (Korean, English, with its salt, older spellings) and its base name.
ingredient_name = Table(
    "ingredient_name",
    metadata,
    Column("key", String(120), primary_key=True),  # normalised
    Column("name", String(200), nullable=False),  # base name without salt
)

dur_rule = Table(
    "dur_rule",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("type", String(20), nullable=False),
    Column("ingredient", String(200), nullable=False),
    Column("partner", String(200), nullable=False, server_default=""),
    Column("item_seq", String(12), nullable=False, server_default=""),
    Column("partner_item_seq", String(12), nullable=False, server_default=""),
    Column("content", Prose(), nullable=False, default=""),
    Column("remark", String(500), nullable=False, server_default=""),
    Column("grade", String(4), nullable=False, server_default=""),
    Column("age_base", String(60), nullable=False, server_default=""),
    Column("max_quantity", String(100), nullable=False, server_default=""),
    Column("max_term", String(60), nullable=False, server_default=""),
    Column("class_name", String(200), nullable=False, server_default=""),
    Column("effect_name", String(200), nullable=False, server_default=""),
    Column("as_of", String(10), nullable=False, server_default=""),
    Index("ix_dur_rule_ingredient", "ingredient", "partner"),
    Index("ix_dur_rule_partner", "partner", "ingredient"),
    Index("ix_dur_rule_item", "item_seq", "partner_item_seq"),
    # Rules of ingredients (no item) without reading those of items, of which the nation has hundreds of thousands.
    Index("ix_dur_rule_scope", "item_seq", "ingredient", "partner"),
)

hospital_information = Table(
    "hospital_information",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(10), nullable=False),  # "hospital", "clinic", "pharmacy"
    Column("kind_name", String(60), nullable=False, server_default=""),
    Column("region", String(60), nullable=False, server_default=""),
    Column("district", String(60), nullable=False, server_default=""),
    Column("address", String(300), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("url", String(300), nullable=False, server_default=""),
    Column("latitude", Real(), nullable=False),
    Column("longitude", Real(), nullable=False),
    # Cell of a 0.02-degree grid, row * 100000 + column; a radius search reads the cells around a point.
    Column("cell", Integer, nullable=False),
    Column("departments", JSON, nullable=False, default=list),
    # Opening hours as services/clinic/opening_hours.py reads them; null = unknown.
    Column("hours", JSON),
    Column("facts", JSON, nullable=False, default=dict),
    Column("rating", Real()),
    Column("moonlight", Boolean, nullable=False, server_default="0"),
    Column("as_of", String(10), nullable=False, server_default=""),
    Column("source", String(200), nullable=False, server_default=""),
    Index("ix_hospital_cell", "cell", "kind"),
    Index("ix_hospital_name", "name"),
)

emergency_room = Table(
    "emergency_room",
    metadata,
    Column("hpid", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("address", String(300), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("emergency_phone", String(40), nullable=False, server_default=""),
    Column("kind", String(60), nullable=False, server_default=""),
    Column("latitude", Real(), nullable=False),
    Column("longitude", Real(), nullable=False),
    Column("cell", Integer, nullable=False),
    Column("beds", Integer),
    Column("beds_at", DateTime(timezone=False)),  # Korean time, as reported
    Column("as_of", String(10), nullable=False, server_default=""),
    Index("ix_emergency_room_cell", "cell"),
)

holiday = Table(
    "holiday",
    metadata,
    Column("date", Date, primary_key=True),
    Column("name", String(60), nullable=False),
)

knowledge_passage = Table(
    "knowledge_passage",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("domain", String(40), nullable=False),
    Column("group_name", String(64), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Prose(), nullable=False),
    Column("questions", JSON, nullable=False, default=list),
    Column("keywords", JSON, nullable=False, default=list),
    Column("source", String(300), nullable=False, server_default=""),
    Column("as_of", String(10), nullable=False, server_default=""),
    Column("reviewed_by", String(100), nullable=False, server_default=""),
    Index("ix_knowledge_passage_group", "domain", "group_name"),
)

# One row per export file that was taken in; a file with the same digest is not read again.
ingest_run = Table(
    "ingest_run",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("rows_kept", Integer, nullable=False),
    Column("rows_refused", Integer, nullable=False),
    Column("position", Integer, nullable=False, server_default="0"),  # rows done, for resuming
    Column("finished", Boolean, nullable=False, server_default="0"),
)
