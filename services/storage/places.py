"""Where a shard is, as ``shard_info`` writes it down: everything of its URL but the password."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.engine import URL

from services.mesh.settings import Settings
from services.storage.engine import shard_urls


def place_of(url: URL, settings: Settings, password: str = "") -> dict[str, Any]:
    """The URL as columns of ``shard_info``; ``password`` is the reference that leads to its password.

    A file below the data directory is written as seen from there, so that the directory may move.
    """
    database = url.database or ""
    if url.get_backend_name() == "sqlite":
        file = pathlib.Path(database).resolve()
        root = settings.data_dir.resolve()
        database = str(file.relative_to(root) if file.is_relative_to(root) else file)
    return {
        "driver": url.drivername,
        "host": url.host or "",
        "port": url.port or 0,
        "database_name": database,
        "username": url.username or "",
        "password": password,
        "options": urlencode({name: str(value) for name, value in url.query.items()}),
    }


def url_of(place: Mapping[str, Any], settings: Settings) -> URL:
    """The URL a row of ``shard_info`` stands for. Raises LookupError when its password is not where it should be."""
    database = place["database_name"]
    if place["driver"].startswith("sqlite"):
        return URL.create(place["driver"], database=str(settings.data_dir / database))
    return URL.create(
        place["driver"],
        username=place["username"] or None,
        password=password_behind(place["password"], settings, place),
        host=place["host"] or None,
        port=place["port"] or None,
        database=database,
        query=dict(parse_qsl(place["options"])),
    )


def password_behind(reference: str, settings: Settings, place: Mapping[str, Any] | None = None) -> str | None:
    """The password that a reference leads to: "env:NAME", "file:PATH", or "url:N", the configured URL of this place.

    The URLs may be in another order by now than when N was written down. Raises LookupError.
    """
    kind, _, where = reference.partition(":")
    if not reference:
        return None
    try:
        if kind == "env":
            return os.environ[where]
        if kind == "file":
            return pathlib.Path(where).read_text().strip()
        if kind == "url":
            return next(url.password for url in shard_urls(settings) if place and _names(url, place))
    except (OSError, KeyError, StopIteration):
        raise LookupError(f"the password of a shard is not to be found: {reference}") from None
    raise LookupError("the password of a shard is written down in an unknown way")


def _names(url: URL, place: Mapping[str, Any]) -> bool:
    return (url.host or "", url.port or 0, url.database) == (place["host"], place["port"], place["database_name"])


def seeds(settings: Settings) -> list[dict[str, Any]]:
    """The configured shards as rows of ``shard_info``."""
    return [
        place_of(url, settings, f"url:{number}" if url.password else "")
        for number, url in enumerate(shard_urls(settings))
    ]
