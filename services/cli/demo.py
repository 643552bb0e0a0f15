"""Makes accounts for load tests."""

from __future__ import annotations

from medichain.account.v1 import operator_pb2 as pb
from services.cli.operating import console, operate
from services.mesh.client import Client
from services.mesh.settings import Settings


def accounts(settings: Settings, count: int, force: bool) -> int:
    async def work(operator: Client) -> None:
        request = pb.CreateDemoAccountsRequest(count=count, force=force)
        created = (await operator.CreateDemoAccounts(request)).created
        console.print(f"{created} accounts made; test_user_0 to test_user_{count - 1} log in with test_password")

    return operate(settings, work)
