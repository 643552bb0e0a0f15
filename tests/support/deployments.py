"""Settings of the two kinds of deployment, for tests that have to hold on both."""

from __future__ import annotations

import asyncio
import pathlib
import shutil
from collections.abc import Callable, Iterator

import pymysql
from sqlalchemy import MetaData
from sqlalchemy.engine import URL

from services.account.tokens import made_on_first_use
from services.mesh.identity import service_key
from services.mesh.settings import Settings
from services.storage.master_keys import master_keys
from services.storage.migrate import migrate
from services.storage.tables import directory, keys, reference, shard
from tests.support.servers import MariaDb

HISTORIES: dict[str, tuple[str, MetaData]] = {
    "global": ("global", directory.metadata),
    "shard_0": ("shard", shard.metadata),
    "shard_1": ("shard", shard.metadata),
    "reference": ("reference", reference.metadata),
    "keys": ("keys", keys.metadata),
}


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


class MigratedServer:
    """Databases of a MariaDB that are migrated once and emptied for each test: making tables takes a server long.

    ``database`` gives the URL of one of ``HISTORIES``.
    """

    def __init__(self, server: MariaDb) -> None:
        self._server = server
        self._urls: dict[str, URL] = {}
        self._make()

    def database(self, name: str) -> URL:
        return self._urls[name]

    def empty(self) -> None:
        """Takes every row out. Whatever an earlier test has left connected is cut off first: it may hold locks."""
        try:
            self._server.execute(*self._cuts(), *self._deletions())
        except pymysql.err.ProgrammingError:  # an earlier test has taken a table away
            self._make()

    def _make(self) -> None:
        self._urls = {name: self._server.create(f"migrated_{name}") for name in HISTORIES}
        asyncio.run(self._migrate())

    def _cuts(self) -> Iterator[str]:
        names = ", ".join(f"'{url.database}'" for url in self._urls.values())
        listed = f"SELECT id FROM information_schema.processlist WHERE db IN ({names})"
        return (f"KILL CONNECTION {number}" for (number,) in self._server.execute(listed))

    def _deletions(self) -> Iterator[str]:
        for name, (_, metadata) in HISTORIES.items():
            database = self._urls[name].database
            yield from (f"DELETE FROM `{database}`.`{table.name}`" for table in metadata.sorted_tables)
        yield f"ALTER TABLE `{self._urls['global'].database}`.shard_info AUTO_INCREMENT = 1"

    async def _migrate(self) -> None:
        for name, (history, _) in HISTORIES.items():
            await migrate(history, self._urls[name])


def migrated_files(folder: pathlib.Path) -> pathlib.Path:
    """SQLite files with every table and no row, to copy for each test."""
    names = {"global": "global", "keys": "keys", "reference": "reference", "shard_0": "shard"}

    async def make() -> None:
        for name, history in names.items():
            await migrate(history, URL.create("sqlite+aiosqlite", database=str(folder / f"{name}.sqlite3")))

    asyncio.run(make())
    return folder


def with_files(settings: Settings, files: pathlib.Path) -> Settings:
    """The settings, their data directory holding a copy of the files."""
    shutil.copytree(files, settings.path("db", "x").parent, dirs_exist_ok=True)
    return settings
