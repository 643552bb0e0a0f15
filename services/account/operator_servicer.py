"""OperatorService: decode, call, encode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from medichain.account.v1 import account_pb2
from medichain.account.v1 import operator_pb2 as pb
from services.account.demo_accounts import DemoAccounts
from services.account.encoded import account_message
from services.account.operators import Operators, Ref
from services.account.records import Home
from services.account.shard_store import Shard, ShardStore
from services.mesh.people import Role
from services.storage.audit import AuditLog, Entry
from services.storage.clock import shown

ROLES: dict[int, Role] = {account_pb2.ROLE_USER: "user", account_pb2.ROLE_OPERATOR: "operator"}


@dataclass(frozen=True, slots=True)
class OperatorServicer:
    """Shards, other people's accounts, demo accounts, the audit log."""

    shards: ShardStore
    operators: Operators
    demo: DemoAccounts
    audit: AuditLog

    async def ListShards(self, request: pb.ListShardsRequest, context: Any) -> pb.ListShardsResponse:
        return pb.ListShardsResponse(shards=[_shard(shard) for shard in await self.shards.all()])

    async def AddShard(self, request: pb.AddShardRequest, context: Any) -> pb.Shard:
        return _shard(await self.shards.add(request.url, request.password_ref, request.max_users))

    async def DrainShard(self, request: pb.DrainShardRequest, context: Any) -> pb.Shard:
        return _shard(await self.shards.drain(request.id, request.undo))

    async def BlockAccount(self, request: pb.BlockAccountRequest, context: Any) -> pb.AccountChanged:
        return _changed(await self.operators.block(_ref(request.account)))

    async def UnblockAccount(self, request: pb.UnblockAccountRequest, context: Any) -> pb.AccountChanged:
        return _changed(await self.operators.unblock(_ref(request.account)))

    async def MoveAccount(self, request: pb.MoveAccountRequest, context: Any) -> pb.AccountChanged:
        return _changed(await self.operators.move(_ref(request.account), request.shard_id))

    async def SetRole(self, request: pb.SetRoleRequest, context: Any) -> pb.AccountChanged:
        return _changed(await self.operators.set_role(_ref(request.account), ROLES[request.role]))

    async def InspectAccount(self, request: pb.InspectAccountRequest, context: Any) -> account_pb2.Account:
        return account_message(await self.operators.inspect(_ref(request.account)))

    async def CreateDemoAccounts(
        self, request: pb.CreateDemoAccountsRequest, context: Any
    ) -> pb.CreateDemoAccountsResponse:
        return pb.CreateDemoAccountsResponse(created=await self.demo.create(request.count, request.force))

    async def ListAuditEntries(self, request: pb.ListAuditEntriesRequest, context: Any) -> pb.ListAuditEntriesResponse:
        entries = await self.audit.page(request.after)
        broken = await self.audit.verified()
        last = entries[-1].number if entries else request.after
        return pb.ListAuditEntriesResponse(
            entries=[_entry(entry) for entry in entries], intact=broken is None or broken > last
        )


def _ref(account: pb.AccountRef) -> Ref:
    return Ref(account.id, account.account_id, account.reason)


def _changed(home: Home) -> pb.AccountChanged:
    return pb.AccountChanged(account_id=home.account_id, shard_id=home.shard_id)


def _shard(shard: Shard) -> pb.Shard:
    row = shard.row
    return pb.Shard(
        id=row.id,
        host=row.host,
        port=row.port,
        database_name=row.database_name,
        is_active=row.is_active,
        max_users=row.max_users,
        current_users=row.current_users,
        reachable=shard.reachable,
    )


def _entry(entry: Entry) -> pb.AuditEntry:
    return pb.AuditEntry(
        number=entry.number,
        at=shown(entry.at),
        operator=entry.operator,
        action=entry.action,
        subject=entry.subject,
        reason=entry.reason,
        hash=entry.hash,
    )
