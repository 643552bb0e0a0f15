"""Settings of the two kinds of deployment, for tests that have to hold on both."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

from sqlalchemy.engine import URL

from services.account.tokens import made_on_first_use
from services.mesh.identity import service_key
from services.mesh.settings import Settings
from services.storage.master_keys import master_keys


def embedded(folder: pathlib.Path, redis_url: str) -> Settings:
    """SQLite files and keys that are made when first used, as `medichain up` has them."""
    return Settings(data_dir=folder / "data", redis_url=redis_url)


def on_servers(folder: pathlib.Path, database: Callable[[str], URL], redis_url: str) -> Settings:
    """One global database, two shards, reference and keys on a server; keys in files that an operator has made."""
    shards = (database(f"shard_{number}") for number in range(2))
    return Settings(
        data_dir=folder / "data",
        global_db_url=written(database("global")),
        shard_db_urls=",".join(map(written, shards)),
        reference_db_url=written(database("reference")),
        key_db_url=written(database("keys")),
        redis_url=redis_url,
        **key_files(folder / "operator"),
    )


def key_files(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """The settings that name key files, and the files, made by the code that makes them in the embedded default."""
    making = Settings(data_dir=folder)
    service_key(making)
    master_keys(making)
    return {
        "service_key_file": making.path("keys", "service.pem"),
        "master_key_file": making.path("keys", "master.key"),
        "signing_key_file": made_on_first_use(making),
    }


def written(url: URL) -> str:
    """A URL as a setting holds it, password included."""
    return url.render_as_string(hide_password=False)
