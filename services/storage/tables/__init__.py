"""The tables of each database, one module per database, in both dialects."""
