"""Looks after the databases of people's records."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from medichain.account.v1 import operator_pb2 as pb
from services.cli.operating import console, operate
from services.mesh.client import Client
from services.mesh.settings import Settings


def listed(settings: Settings) -> int:
    async def work(operator: Client) -> None:
        _show((await operator.ListShards(pb.ListShardsRequest())).shards)

    return operate(settings, work)


def add(settings: Settings, url: str, password_ref: str, max_users: int) -> int:
    request = pb.AddShardRequest(url=url, password_ref=password_ref, max_users=max_users)

    async def work(operator: Client) -> None:
        _show([await operator.AddShard(request)])

    return operate(settings, work)


def drain(settings: Settings, shard_id: int, undo: bool) -> int:
    async def work(operator: Client) -> None:
        _show([await operator.DrainShard(pb.DrainShardRequest(id=shard_id, undo=undo))])

    return operate(settings, work)


def _show(shards: list[pb.Shard]) -> None:
    table = Table("shard", "database", "accounts", "room", "takes new ones", "answers")
    for shard in shards:
        place = f"{shard.host}:{shard.port}/{shard.database_name}" if shard.host else shard.database_name
        takes, answers = ("yes" if flag else "no" for flag in (shard.is_active, shard.reachable))
        table.add_row(str(shard.id), escape(place), f"{shard.current_users:,}", f"{shard.max_users:,}", takes, answers)
    console.print(table)
