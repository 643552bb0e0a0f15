"""Does to somebody's account what operators may do. Everything here is written to the audit log first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rich.markup import escape
from rich.table import Table

from medichain.account.v1 import account_pb2
from medichain.account.v1 import operator_pb2 as pb
from services.cli.operating import console, operate
from services.mesh.client import Client
from services.mesh.settings import Settings

LISTS = ("allergies", "conditions", "medicines", "saved_clinics")


def ref(name: str, reason: str, by_id: bool = False) -> pb.AccountRef:
    """The account ``name`` stands for: a login name, or an id."""
    return pb.AccountRef(reason=reason, **({"account_id": name} if by_id else {"id": name}))


def block(settings: Settings, account: pb.AccountRef) -> int:
    request = pb.BlockAccountRequest(account=account)
    return _changed(settings, lambda operator: operator.BlockAccount(request), "is blocked")


def unblock(settings: Settings, account: pb.AccountRef) -> int:
    request = pb.UnblockAccountRequest(account=account)
    return _changed(settings, lambda operator: operator.UnblockAccount(request), "may log in again")


def move(settings: Settings, account: pb.AccountRef, shard_id: int) -> int:
    request = pb.MoveAccountRequest(account=account, shard_id=shard_id)
    return _changed(settings, lambda operator: operator.MoveAccount(request), "has been moved")


def set_role(settings: Settings, account: pb.AccountRef, operator_role: bool) -> int:
    role = account_pb2.ROLE_OPERATOR if operator_role else account_pb2.ROLE_USER
    request = pb.SetRoleRequest(account=account, role=role)
    said = "is an operator" if operator_role else "is no operator any more"
    return _changed(settings, lambda operator: operator.SetRole(request), said)


def show(settings: Settings, account: pb.AccountRef) -> int:
    async def work(operator: Client) -> None:
        _show(await operator.InspectAccount(pb.InspectAccountRequest(account=account)))

    return operate(settings, work)


def _changed(settings: Settings, call: Callable[[Client], Awaitable[Any]], said: str) -> int:
    async def work(operator: Client) -> None:
        changed = await call(operator)
        console.print(f"account {changed.account_id} on shard {changed.shard_id} {said}", markup=False)

    return operate(settings, work)


def _show(account: account_pb2.Account) -> None:
    table = Table("field", "value")
    for field in account.DESCRIPTOR.fields:
        value = getattr(account, field.name)
        if field.name == "consents":
            value = ", ".join(_consent(consent) for consent in value)
        elif field.name in LISTS:
            value = ", ".join(value)
        elif field.enum_type:
            value = field.enum_type.values_by_number[value].name
        table.add_row(field.name, escape(str(value)))
    console.print(table)


def _consent(consent: account_pb2.Consent) -> str:
    kind = account_pb2.ConsentKind.Name(consent.kind).removeprefix("CONSENT_KIND_").lower()
    return f"{kind} {'yes' if consent.granted else 'no'} ({consent.recorded_at})"
