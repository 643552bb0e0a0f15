"""Who writes answers."""
