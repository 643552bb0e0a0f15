"""The directory: places are reserved, kept and taken back; what moves or is away says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError

from services.mesh.errors import MeshError
from services.mesh.settings import Settings
from services.storage.clock import now
from services.storage.engine import shard_urls
from services.storage.migrate import migrate_all
from services.storage.places import url_of
from services.storage.shards import Moved, ShardDirectory
from services.storage.tables.directory import shard_info, user_shard_mapping
from services.storage.tables.shard import conversation, users


@pytest.fixture
def settings(deployment: Settings) -> Settings:
    """Two shards on either deployment."""
    if deployment.shard_db_urls:
        return deployment
    urls = (f"sqlite+aiosqlite:///{deployment.data_dir}/db/shard_{n}.sqlite3" for n in (1, 2))
    return deployment.model_copy(update={"shard_db_urls": ",".join(urls)})


@pytest.fixture
async def directory(settings: Settings) -> AsyncIterator[ShardDirectory]:
    await migrate_all(settings)
    directory = ShardDirectory(settings)
    yield directory
    await directory.dispose()


def digest(number: int) -> bytes:
    return number.to_bytes(32, "big")


def person(account_id: str, number: int = 1, state: str = "active") -> dict:
    return {
        "id": account_id, "login": b"-", "login_hash": digest(number), "password_hash": "-", "state": state,
        "created_at": now(), "updated_at": now(),
    }  # fmt: skip


async def settled(directory: ShardDirectory, account_id: str, number: int = 1) -> int:
    shard_id = await directory.reserve(account_id, digest(number))
    async with directory.writing(shard_id, "") as connection:
        await connection.execute(insert(users).values(person(account_id, number)))
    await directory.activate(account_id)
    return shard_id


async def counts(directory: ShardDirectory) -> list[int]:
    async with directory.global_engine.connect() as connection:
        rows = await connection.execute(select(shard_info.c.current_users).order_by(shard_info.c.id))
        return list(rows.scalars())


async def allow(directory: ShardDirectory, most: int) -> None:
    async with directory.global_engine.begin() as connection:
        await connection.execute(update(shard_info).values(max_users=most))


async def age(directory: ShardDirectory, account_id: str) -> None:
    async with directory.global_engine.begin() as connection:
        where = user_shard_mapping.c.user_id == account_id
        long_ago = now() - timedelta(seconds=61)
        await connection.execute(update(user_shard_mapping).where(where).values(updated_at=long_ago))


async def test_new_people_go_where_most_room_is(directory):
    shards = [await settled(directory, f"u{n}", n) for n in range(4)]
    assert sorted(shards) == [1, 1, 2, 2]
    assert await counts(directory) == [2, 2]


async def test_a_name_is_given_once(directory):
    await directory.reserve("a", digest(1))
    with pytest.raises(MeshError, match="ALREADY_EXISTS"):
        await directory.reserve("b", digest(1))
    assert sum(await counts(directory)) == 1


async def test_fifty_at_once_never_overfill_two_shards(directory):
    await allow(directory, 10)
    done = await asyncio.gather(*(directory.reserve(f"u{n}", digest(n)) for n in range(50)), return_exceptions=True)
    refused = [one for one in done if isinstance(one, MeshError)]
    assert {one.reason.name for one in refused} == {"NO_ROOM"}
    assert all(one.retry_after for one in refused)
    assert len(refused) == 30
    assert await counts(directory) == [10, 10]


async def test_a_shard_that_drains_takes_nobody(directory):
    async with directory.global_engine.begin() as connection:
        await connection.execute(update(shard_info).where(shard_info.c.id == 1).values(is_active=False))
    assert {await settled(directory, f"u{n}", n) for n in range(3)} == {2}


async def test_a_crash_before_the_row_is_written_gives_the_place_and_the_name_back(directory):
    await directory.reserve("a", digest(1))
    await directory.reconcile()
    assert (await directory.mapping("a", fresh=True)).state == "pending"  # somebody may still be at it
    await age(directory, "a")
    await directory.reconcile()
    assert await directory.mapping("a", fresh=True) is None
    assert await counts(directory) == [0, 0]
    await directory.reserve("b", digest(1))


async def test_a_crash_after_the_row_is_written_keeps_the_person(directory):
    shard_id = await directory.reserve("a", digest(1))
    async with directory.writing(shard_id, "") as connection:
        await connection.execute(insert(users).values(person("a")))
    await age(directory, "a")
    await directory.reconcile()
    assert (await directory.by_login(digest(1))).state == "active"
    assert sum(await counts(directory)) == 1


async def test_a_reservation_that_was_taken_back_cannot_be_used(directory):
    await directory.reserve("a", digest(1))
    await directory.release("a")
    with pytest.raises(MeshError, match="CONFLICT"):
        await directory.activate("a")


async def test_wrong_counts_are_put_right(directory):
    await settled(directory, "a")
    async with directory.global_engine.begin() as connection:
        await connection.execute(update(shard_info).values(current_users=77))
    await directory.reconcile()
    assert sorted(await counts(directory)) == [0, 1]


async def test_a_mapping_is_remembered_until_it_changes(directory):
    shard_id = await settled(directory, "a")
    assert (await directory.mapping("a")).shard_id == shard_id
    async with directory.global_engine.begin() as connection:
        await connection.execute(update(user_shard_mapping).values(state="moving"))
    assert (await directory.mapping("a")).state == "active"
    await directory.set_state("a", "active", 3 - shard_id)
    assert (await directory.mapping("a")).shard_id == 3 - shard_id
    assert sorted(await counts(directory)) == [0, 1]
    await directory.release("a")
    assert await directory.mapping("a") is None
    assert await counts(directory) == [0, 0]


async def test_writes_are_refused_while_a_person_moves_and_point_to_the_new_shard_after(directory):
    shard_id = await settled(directory, "a")
    other = 3 - shard_id
    async with directory.writing(shard_id, "") as connection:
        await connection.execute(update(users).values(state="moving"))
    with pytest.raises(MeshError, match="MOVING") as refused:
        async with directory.writing(shard_id, "a"):
            pass
    assert refused.value.retry_after
    await directory.set_state("a", "active", other)
    async with directory.writing(shard_id, "") as connection:
        await connection.execute(users.delete())
    with pytest.raises(Moved) as moved:
        async with directory.writing(shard_id, "a"):
            pass
    assert moved.value.shard_id == other


async def test_nobody_writes_for_a_person_who_is_not_there(directory):
    with pytest.raises(MeshError, match="NOT_FOUND"):
        async with directory.writing(1, "nobody"):
            pass


async def test_what_fails_half_way_leaves_nothing(directory):
    async def fail() -> None:
        row = {"id": "c", "owner": "anonymous:c", "created_at": now(), "updated_at": now()}
        async with directory.writing(1, "anonymous:c") as connection:
            await connection.execute(insert(conversation).values(row))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with directory.reading(1) as connection:
        assert await connection.scalar(select(func.count()).select_from(conversation)) == 0


async def test_a_shard_that_is_gone_harms_only_its_own(directory):
    async with directory.global_engine.begin() as connection:
        away = {"database_name": "nowhere/x.sqlite3", "port": 1, "password": ""}
        await connection.execute(update(shard_info).where(shard_info.c.id == 1).values(away))
    directory.forget_rows()
    with pytest.raises(MeshError, match="UNAVAILABLE") as refused:
        async with directory.reading(1) as connection:
            await connection.execute(select(users.c.id))
    assert refused.value.retry_after == 5
    assert not await directory.reachable(1)
    assert await directory.reachable(2)
    assert await settled(directory, "a") == 2  # the shard that does not answer comes last


async def test_a_shard_whose_password_is_missing_is_away_until_it_is_there(directory, monkeypatch):
    async with directory.global_engine.begin() as connection:
        unknown = {"driver": "mysql+aiomysql", "host": "127.0.0.1", "port": 1, "password": "env:SHARD_PASSWORD"}
        await connection.execute(update(shard_info).where(shard_info.c.id == 1).values(unknown))
    directory.forget_rows()
    assert not await directory.reachable(1)
    assert await settled(directory, "a") == 2
    monkeypatch.setenv("SHARD_PASSWORD", "there")
    assert (await directory.engine(1)).url.password == "there"


async def test_a_mistake_of_ours_is_not_taken_for_a_shard_that_is_away(directory):
    async with directory.writing(1, "") as connection:
        await connection.exec_driver_sql("DROP TABLE outbox")
    with pytest.raises(DBAPIError, match=r"(no such table|doesn.t exist)"):
        async with directory.reading(1) as connection:
            await connection.exec_driver_sql("SELECT * FROM outbox")


async def test_there_is_no_shard_of_any_other_number(directory):
    assert await directory.ids() == [1, 2]
    with pytest.raises(MeshError, match="NOT_FOUND"):
        await directory.engine(3)


# ---- the directory's own beginning ----------------------------------------------------------------------------------


async def test_two_who_migrate_everything_at_once_take_the_configured_shards_in_once(settings):
    await asyncio.gather(migrate_all(settings), migrate_all(settings))
    directory = ShardDirectory(settings)
    assert await directory.ids() == [1, 2]
    assert await directory.reachable(1)
    assert await directory.reachable(2)
    await directory.dispose()


async def test_once_there_the_table_rules(directory, settings):
    before = [tuple(row) for row in await directory.rows()]
    turned = ",".join(reversed((settings.shard_db_urls or "").split(",")))
    await migrate_all(settings.model_copy(update={"shard_db_urls": turned}))
    directory.forget_rows()
    assert [tuple(row) for row in await directory.rows()] == before


async def test_no_password_is_written_down(directory, settings):
    for row, url in zip(await directory.rows(), shard_urls(settings), strict=True):
        assert not url.password or url.password not in str(row)
        assert url_of(row._asdict(), settings).database == url.database
