"""How far a long piece of work is, as the command line shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of an ingest: ``done`` of ``total`` rows of ``source`` so far, ``refused`` of them left out.

    ``total`` is 0 while it is not known. ``note`` is a sentence for the operator: which row was refused and why.
    """

    source: str
    done: int
    total: int = 0
    refused: int = 0
    note: str = ""
