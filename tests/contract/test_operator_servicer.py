"""OperatorService as its callers see it, on SQLite and Valkey and on MariaDB and Redis."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from medichain.account.v1 import account_pb2
from medichain.account.v1 import operator_pb2 as pb
from services.mesh.errors import CATALOG, MeshError
from services.storage.tables.directory import audit_log, shard_info
from tests.support.account import PASSWORD, account_house
from tests.support.operators import POLICIES, REASON, operate, ref, two_shards

EVERY = {
    "ListShards": pb.ListShardsRequest(),
    "AddShard": pb.AddShardRequest(url="sqlite+aiosqlite:///db/more.sqlite3"),
    "DrainShard": pb.DrainShardRequest(id=1),
    "BlockAccount": pb.BlockAccountRequest(account=ref()),
    "UnblockAccount": pb.UnblockAccountRequest(account=ref()),
    "MoveAccount": pb.MoveAccountRequest(account=ref(), shard_id=2),
    "SetRole": pb.SetRoleRequest(account=ref(), role=account_pb2.ROLE_OPERATOR),
    "InspectAccount": pb.InspectAccountRequest(account=ref()),
    "CreateDemoAccounts": pb.CreateDemoAccountsRequest(count=1, force=True),
    "ListAuditEntries": pb.ListAuditEntriesRequest(),
}
OF_PEOPLE = [name for name, request in EVERY.items() if "account" in request.DESCRIPTOR.fields_by_name]


@pytest.fixture
async def house(deployment):
    async with account_house(two_shards(deployment)) as built:
        yield built


async def refused(awaitable):
    with pytest.raises(MeshError) as raised:
        await awaitable
    return raised.value


async def entries(house):
    return (await operate(house, "ListAuditEntries", pb.ListAuditEntriesRequest())).entries


# ---- who may ---------------------------------------------------------------------------------------------------------


def test_every_rpc_of_the_contract_is_tried():
    assert set(EVERY) == set(POLICIES)


async def test_nobody_but_operators_gets_in(house):
    await house.register()
    token = (await house.log_in()).access_token
    callers = [
        ("", None, "UNAUTHENTICATED"),
        ("", "edge", "UNAUTHENTICATED"),
        (token, None, "ACCESS_DENIED"),
        (token, "edge", "ACCESS_DENIED"),
        ("", "service", "ACCESS_DENIED"),
    ]
    for method, request in EVERY.items():
        for bearer, kind, reason in callers:
            assert (await refused(operate(house, method, request, bearer, kind))).reason.name == reason
    assert (await house.person(token)).role == "user"
    assert [shard.is_active for shard in (await operate(house, "ListShards", EVERY["ListShards"])).shards] == [True] * 2
    assert not await entries(house)


async def test_an_operators_account_is_named_in_the_log(house):
    boss = await house.register("boss")
    await house.register()
    promotion = pb.SetRoleRequest(account=ref("boss", "first operator"), role=account_pb2.ROLE_OPERATOR)
    await operate(house, "SetRole", promotion)
    token = (await house.log_in("boss")).access_token
    await operate(house, "InspectAccount", EVERY["InspectAccount"], token, kind="edge")
    written = [(line.operator, line.action, line.reason) for line in await entries(house)]
    assert written == [
        ("cli", "set_role", "operator: first operator"),
        (boss.account_id, "inspect_account", REASON),
    ]


# ---- the audit log ---------------------------------------------------------------------------------------------------


async def test_what_touches_a_person_is_written_down(house):
    made = await house.register()
    for method in OF_PEOPLE:
        await operate(house, method, EVERY[method])
    written = await entries(house)
    assert [line.number for line in written] == [1, 2, 3, 4, 5]
    assert {(line.operator, line.subject) for line in written} == {("cli", made.account_id)}
    assert len({line.action for line in written}) == 5
    assert all(line.reason.endswith(REASON) for line in written)


async def test_nothing_is_done_that_cannot_be_written_down(house):
    made = await house.register()
    home = await house.parts.store.home(made.account_id)
    before = await house.parts.store.account(home)
    async with house.parts.store.directory.global_engine.begin() as connection:
        await connection.run_sync(lambda sync: audit_log.drop(sync))
    for method in OF_PEOPLE:
        with pytest.raises(DBAPIError, match="audit_log"):
            await operate(house, method, EVERY[method])
    assert await house.parts.store.home(made.account_id) == home
    assert await house.parts.store.account(home) == before
    assert (await house.log_in()).access_token


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        (ref("nobody"), "NOT_FOUND"),
        (ref("", account_id="01ARZ3NDEKTSV4RRFFQ69G5FAV"), "NOT_FOUND"),
        (ref(""), "INVALID_FIELD"),
        (ref("kim", account_id="01ARZ3NDEKTSV4RRFFQ69G5FAV"), "INVALID_FIELD"),
        (ref("kim", reason="why"), "INVALID_FIELD"),
    ],
)
async def test_an_account_is_named_once_and_with_a_reason(house, account, reason):
    await house.register()
    for method in OF_PEOPLE:
        request = type(EVERY[method])()
        request.CopyFrom(EVERY[method])
        request.account.CopyFrom(account)
        assert (await refused(operate(house, method, request))).reason is CATALOG[reason]
    assert not await entries(house)


async def test_a_changed_line_is_found_from_there_on(house):
    await house.register()
    for _ in range(3):
        await operate(house, "InspectAccount", EVERY["InspectAccount"])
    assert (await operate(house, "ListAuditEntries", EVERY["ListAuditEntries"])).intact
    async with house.parts.store.directory.global_engine.begin() as connection:
        await connection.execute(update(audit_log).where(audit_log.c.number == 2).values(reason="nothing special"))
    page = await operate(house, "ListAuditEntries", pb.ListAuditEntriesRequest(after=1))
    assert [line.number for line in page.entries] == [2, 3]
    assert not page.intact


# ---- blocking, roles, a look -----------------------------------------------------------------------------------------


async def test_a_blocked_account_is_out_at_once_and_in_again_later(house):
    await house.register()
    tokens = await house.log_in()
    await operate(house, "BlockAccount", EVERY["BlockAccount"])
    assert await house.state(tokens.access_token) == account_pb2.SESSION_STATE_BLOCKED
    assert (await refused(house.refresh(tokens.refresh_token))).reason.name == "SESSION_BLOCKED"
    assert (await refused(house.log_in())).reason.name == "SESSION_BLOCKED"
    assert (await refused(house.log_in("kim", "not the password"))).reason.name == "WRONG_CREDENTIALS"
    await operate(house, "BlockAccount", EVERY["BlockAccount"])
    await operate(house, "UnblockAccount", EVERY["UnblockAccount"])
    assert (await house.log_in()).access_token
    assert await house.state(tokens.access_token) == account_pb2.SESSION_STATE_BLOCKED


async def test_roles_count_at_once_and_are_taken_back_with_the_sessions(house):
    made = await house.register()
    token = (await house.log_in()).access_token
    await operate(house, "SetRole", EVERY["SetRole"])
    assert (await house.person(token)).role == "operator"
    assert (await operate(house, "ListShards", EVERY["ListShards"], token, kind=None)).shards
    again = ref("", account_id=made.account_id)
    await operate(house, "SetRole", pb.SetRoleRequest(account=again, role=account_pb2.ROLE_USER))
    assert (await refused(operate(house, "ListShards", EVERY["ListShards"], token, kind=None))).reason.name == (
        "SESSION_EXPIRED"
    )
    fresh = (await house.log_in()).access_token
    await operate(house, "SetRole", pb.SetRoleRequest(account=again, role=account_pb2.ROLE_USER))
    assert (await house.person(fresh)).role == "user"


async def test_a_role_that_is_none_is_refused(house):
    await house.register()
    for role in (0, 7):
        request = pb.SetRoleRequest(account=ref(), role=role)
        assert (await refused(operate(house, "SetRole", request))).reason.name == "INVALID_FIELD"


async def test_an_operator_sees_the_account_as_its_person_does(house):
    await house.register("kim", PASSWORD, name="김민지", phone="010-1234-5678")
    token = (await house.log_in()).access_token
    seen = await operate(house, "InspectAccount", EVERY["InspectAccount"])
    assert seen == await house.call("GetAccount", account_pb2.GetAccountRequest(), token)
    assert seen.name == "김민지"


# ---- shards ----------------------------------------------------------------------------------------------------------


async def test_shards_are_listed_with_who_lives_there(house):
    await house.register()
    shards = (await operate(house, "ListShards", EVERY["ListShards"])).shards
    assert [(shard.id, shard.is_active, shard.max_users, shard.reachable) for shard in shards] == [
        (1, True, 10000, True),
        (2, True, 10000, True),
    ]
    assert sum(shard.current_users for shard in shards) == 1


async def test_a_dead_shard_is_listed_as_such_soon(house):
    async with house.parts.store.directory.global_engine.begin() as connection:
        await connection.execute(
            update(shard_info)
            .where(shard_info.c.id == 2)
            .values(driver="mysql+aiomysql", host="192.0.2.1", port=3306, password="")
        )
    began = time.monotonic()
    shards = (await operate(house, "ListShards", EVERY["ListShards"])).shards
    assert [shard.reachable for shard in shards] == [True, False]
    assert time.monotonic() - began < 5


async def test_a_drained_shard_takes_nobody_until_it_is_undone(house):
    drained = await operate(house, "DrainShard", pb.DrainShardRequest(id=1))
    assert not drained.is_active
    for number in range(3):
        made = await house.register(f"person{number}")
        assert (await house.parts.store.home(made.account_id)).shard_id == 2
    assert (await operate(house, "DrainShard", pb.DrainShardRequest(id=1, undo=True))).is_active
    made = await house.register("another")
    assert (await house.parts.store.home(made.account_id)).shard_id == 1
    assert (await refused(operate(house, "DrainShard", pb.DrainShardRequest(id=9)))).reason.name == "NOT_FOUND"


async def test_an_added_shard_is_migrated_and_takes_accounts(house):
    for shard_id in (1, 2):
        await operate(house, "DrainShard", pb.DrainShardRequest(id=shard_id))
    request = pb.AddShardRequest(url="sqlite+aiosqlite:///db/more.sqlite3", max_users=1)
    added = await operate(house, "AddShard", request)
    assert (added.id, added.database_name, added.max_users, added.reachable) == (3, "db/more.sqlite3", 1, True)
    await house.register()
    assert (await house.log_in()).access_token
    assert (await refused(house.register("lee"))).reason.name == "NO_ROOM"
    assert (await refused(operate(house, "AddShard", request))).reason.name == "INVALID_FIELD"


async def test_a_servers_database_is_added_with_its_password_by_reference(house, mariadb_url, monkeypatch):
    url = mariadb_url("added")
    monkeypatch.setenv("SHARD_PASSWORD", url.password)
    given, reference = url._replace(password=None).render_as_string(), "env:SHARD_PASSWORD"
    added = await operate(house, "AddShard", pb.AddShardRequest(url=given, password_ref=reference))
    assert (added.host, added.port, added.reachable) == (url.host, url.port, True)
    async with house.parts.store.directory.global_engine.connect() as connection:
        assert await connection.scalar(select(shard_info.c.password).where(shard_info.c.id == added.id)) == reference


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.AddShardRequest(url="mysql+aiomysql://u:secret@127.0.0.1/db"), "url"),
        (pb.AddShardRequest(url="mysql+aiomysql://u@127.0.0.1/db?passwd=secret"), "url"),
        (pb.AddShardRequest(url="postgresql+asyncpg://u@127.0.0.1/db"), "url"),
        (pb.AddShardRequest(url="mysql+aiomysql://u@127.0.0.1"), "url"),
        (pb.AddShardRequest(url="sqlite+aiosqlite://"), "url"),
        (pb.AddShardRequest(url="nonsense"), "url"),
        (pb.AddShardRequest(url="mysql+aiomysql://u@127.0.0.1/db", password_ref="env:NOT_THERE"), "password_ref"),
        (pb.AddShardRequest(url="mysql+aiomysql://u@127.0.0.1/db", password_ref="secret"), "password_ref"),
    ],
)
async def test_what_cannot_be_a_shard_is_refused_by_its_field(house, request_, field):
    failure = await refused(operate(house, "AddShard", request_))
    assert (failure.reason.name, failure.violations[0].field) == ("INVALID_FIELD", field)
    assert "secret" not in str(failure.violations)
    assert len((await operate(house, "ListShards", EVERY["ListShards"])).shards) == 2


async def test_a_database_that_does_not_answer_is_not_added(house):
    request = pb.AddShardRequest(url="mysql+aiomysql://u@127.0.0.1:1/db")
    assert (await refused(operate(house, "AddShard", request))).reason.name == "UNAVAILABLE"
    assert len((await operate(house, "ListShards", EVERY["ListShards"])).shards) == 2


# ---- demo accounts ---------------------------------------------------------------------------------------------------


async def test_demo_accounts_are_made_once(house):
    request = pb.CreateDemoAccountsRequest(count=3, force=True)
    assert (await operate(house, "CreateDemoAccounts", request)).created == 3
    assert (await house.log_in("test_user_2", "test_password")).access_token
    request.count = 5
    assert (await operate(house, "CreateDemoAccounts", request)).created == 2
    assert (await operate(house, "CreateDemoAccounts", request)).created == 0


async def test_demo_accounts_need_force_where_databases_are_configured(house):
    failure = await refused(operate(house, "CreateDemoAccounts", pb.CreateDemoAccountsRequest(count=1)))
    assert (failure.reason.name, failure.violations[0].field) == ("PRECONDITION", "force")
    assert (await refused(house.log_in("test_user_0", "test_password"))).reason.name == "WRONG_CREDENTIALS"
