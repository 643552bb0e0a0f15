"""Sorts questions into domains."""
