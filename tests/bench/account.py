"""What logging in costs, on both deployments: `python -m tests.bench.account`.

Everything of a login but the Argon2id hash, a hundred logins at once, and how far the times of known and unknown names
lie apart. The service is called in this process, as the mesh calls it, over real databases.
"""

from __future__ import annotations

import asyncio
import pathlib
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import uvloop

from services.account.records import Profile
from services.account.store import NewAccount
from services.mesh import telemetry
from services.mesh.errors import MeshError
from services.mesh.settings import Settings
from tests.bench.figures import Figure, median, milliseconds, percentile, spread
from tests.support.account import PASSWORD, AccountHouse, account_house
from tests.support.deployments import embedded, on_servers
from tests.support.servers import MariaDb, RedisServer, running, valkey_program

PEOPLE, AT_ONCE = 500, 100
BARE_AIM_MS, AT_ONCE_AIM_S, GAP_AIM = 5.0, 2.0, 0.05


class NoHash:
    """Stands in for the hasher where everything but the hash is measured."""

    async def fits(self, password: str, kept: str | None) -> bool:
        return kept is not None


async def figures(house: AccountHouse, group: str) -> list[Figure]:
    """Every figure over one deployment; makes its people first."""
    await _people(house)
    await house.log_in(_name(0))
    hashing = [await timed(house.parts.hasher.fits(PASSWORD, None)) for _ in range(50)]
    gap, known, unknown = await _gap(house)
    at_once = await timed(asyncio.gather(*(house.log_in(_name(number)) for number in range(AT_ONCE))))
    sessions = house.parts.sessions
    hasher, sessions._hasher = sessions._hasher, NoHash()  # type: ignore[assignment]
    bare = [await timed(house.log_in(_name(number))) for number in range(PEOPLE)]
    sessions._hasher = hasher
    return [
        Figure(group, "the hash alone (50)", spread(hashing)),
        Figure(
            group,
            f"a login without the hash ({len(bare)})",
            spread(bare),
            f"{median(bare) / median(hashing):.2f} × a hash",
            f"p50 ≤ {BARE_AIM_MS:g} ms",
            median(bare) * 1000 <= BARE_AIM_MS,
        ),
        Figure(
            group,
            f"{AT_ONCE} logins at once",
            f"{at_once:.2f} s",
            f"{at_once / (AT_ONCE * median(hashing)):.2f} × their hashes one after the other",
            f"≤ {AT_ONCE_AIM_S:g} s",
            at_once <= AT_ONCE_AIM_S,
        ),
        Figure(
            group,
            f"known against unknown names ({PEOPLE} each)",
            f"{milliseconds(median(known))} and {milliseconds(median(unknown))}; "
            f"p90 {milliseconds(percentile(known, 0.9))} and {milliseconds(percentile(unknown, 0.9))}",
            f"{gap:.1%} of the median",
            f"< {GAP_AIM:.0%}",
            gap < GAP_AIM,
        ),
    ]


async def timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def _gap(house: AccountHouse) -> tuple[float, list[float], list[float]]:
    """Wrong passwords for names that exist and that do not, in turns, each name once: no lock comes in between."""
    known, unknown = [], []
    for number in range(PEOPLE):
        known.append(await timed(_refused(house, _name(number))))
        unknown.append(await timed(_refused(house, f"nobody {number:04}")))
    return abs(median(known) - median(unknown)) / median(known), known, unknown


async def _refused(house: AccountHouse, name: str) -> None:
    try:
        await house.log_in(name, "a wrong password")
    except MeshError as refused:
        if refused.reason.name == "WRONG_CREDENTIALS":
            return
        raise
    raise AssertionError("a wrong password was taken")


async def _people(house: AccountHouse) -> None:
    """Accounts that share one password, whose hash is made once."""
    store, kept = house.parts.store, await house.parts.hasher.hash(PASSWORD)
    for number in range(PEOPLE):
        name, account_id = _name(number), f"{number:026}"
        login_hash = await store.login_hash(name)
        shard_id = await store.directory.reserve(account_id, login_hash)
        await store.create(NewAccount(account_id, name, login_hash, kept, Profile()), shard_id)
        await store.directory.activate(account_id)


def _name(number: int) -> str:
    return f"person {number:04}"


@asynccontextmanager
async def deployments(folder: pathlib.Path) -> AsyncIterator[dict[str, Settings]]:
    """Settings of both kinds, over servers that are started here."""
    database, redis = MariaDb(folder / "mariadb"), RedisServer(folder / "redis")
    with running(database), running(redis), running(RedisServer(folder / "valkey", valkey_program())) as valkey:
        yield {
            "SQLite, Valkey": embedded(folder / "embedded", valkey.url()),
            "MariaDB, Redis": on_servers(folder / "servers", database.create, redis.url()),
        }


async def measure() -> list[Figure]:
    """Every figure over both kinds of deployment."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="medichain-bench-") as folder:
        async with deployments(pathlib.Path(folder)) as settings:
            for name, deployment in settings.items():
                async with account_house(deployment) as house:
                    found += await figures(house, f"accounts: {name}")
    return found


if __name__ == "__main__":
    telemetry.configure("ERROR")
    for figure in uvloop.run(measure()):
        print(figure)
