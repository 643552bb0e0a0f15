"""Paths of ``google.api.http`` as this edge can route them.

Starlette would take ``{name=things/*}`` and ``{a.b}`` for literal text, so what is not a plain ``{field}`` is refused
when the edge starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)(=\*)?\}")
_LITERAL = re.compile(r"[A-Za-z0-9_.~:/-]*")


class UnroutableError(Exception):
    """A contract asks for a route that the edge does not know how to serve."""


@dataclass(frozen=True, slots=True)
class Template:
    """A path such as "/v1/exchanges/{id}:rate": its literal parts, and the fields between them."""

    literals: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, path: str) -> Template:
        """Raises :class:`UnroutableError` for wildcards, nested fields and patterns inside of a parameter."""
        parts = _PARAMETER.split(path)
        literals, fields = tuple(parts[::3]), tuple(parts[1::3])
        if not path.startswith("/") or not all(_LITERAL.fullmatch(literal) for literal in literals):
            raise UnroutableError(f"the edge cannot route the path {path}")
        if len(set(fields)) < len(fields) or "" in literals[1:-1]:
            raise UnroutableError(f"the path {path} is ambiguous")
        return cls(literals, fields)

    @property
    def starlette(self) -> str:
        """The path for Starlette; parameters are numbered, so that one shape with two field names is one route."""
        numbered = "".join(f"{literal}{{p{index}}}" for index, literal in enumerate(self.literals[:-1]))
        return numbered + self.literals[-1]

    @property
    def public(self) -> str:
        """The path for people, "/v1/exchanges/{id}:rate"."""
        named = zip(self.literals, (*(f"{{{field}}}" for field in self.fields), ""), strict=True)
        return "".join(literal + field for literal, field in named)

    @property
    def precedence(self) -> tuple[int, int, str]:
        """Sorts literal paths before parameters, and longer literal text first."""
        return len(self.fields), -sum(map(len, self.literals)), self.starlette
