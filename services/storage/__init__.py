"""SQL engines, the tables of every database, migrations, Redis, encryption of fields."""
