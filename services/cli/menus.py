"""The operators' commands, as typer shows them. What each does is loaded when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from services.mesh.settings import settings

Login = Annotated[str, typer.Argument(help="the name the person logs in with")]
Reason = Annotated[str, typer.Option(help="why; written to the audit log")]
ById = Annotated[bool, typer.Option("--by-id", help="the name given is the account's id")]
ShardId = Annotated[int, typer.Argument(help="number of the shard")]


def _menu(text: str) -> typer.Typer:
    return typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=text)


shards = _menu("Databases of people's records: list, add, drain.")
users = _menu("Somebody's account: block, unblock, move, show. All of it is written to the audit log.")
operators = _menu("Who looks after the platform.")
keys = _menu("New master keys and signing keys.")
export = _menu("Take out what operators may use.")
audit = _menu("What operators did to people's accounts.")


def join(app: typer.Typer) -> None:
    """Adds the menus to the program."""
    menus = {
        "shards": shards,
        "users": users,
        "operators": operators,
        "keys": keys,
        "export": export,
        "audit": audit,
    }
    for name, menu in menus.items():
        app.add_typer(menu, name=name)
    app.command("demo-accounts")(demo_accounts)


# ---- shards ----------------------------------------------------------------------------------------------------------


@shards.command("list")
def list_shards() -> None:
    """Every shard, how many live there, and whether it answers."""
    from services.cli import shards as work

    raise typer.Exit(work.listed(settings()))


@shards.command("add")
def add_shard(
    url: Annotated[str, typer.Argument(help="SQLAlchemy URL without a password, e.g. mysql+aiomysql://medi@db3/shard")],
    password_ref: Annotated[str, typer.Option(help="where services find the password: env:NAME or file:PATH")] = "",
    max_users: Annotated[int, typer.Option(min=1, help="accounts it may hold")] = 10_000,
) -> None:
    """Migrate an empty database and let it take accounts."""
    from services.cli import shards as work

    raise typer.Exit(work.add(settings(), url, password_ref, max_users))


@shards.command("drain")
def drain_shard(
    shard: ShardId, undo: Annotated[bool, typer.Option("--undo", help="let it take accounts again")] = False
) -> None:
    """Let a shard take no new accounts; who lives there stays until moved."""
    from services.cli import shards as work

    raise typer.Exit(work.drain(settings(), shard, undo))


# ---- people ----------------------------------------------------------------------------------------------------------


@users.command("block")
def block_user(login: Login, reason: Reason, by_id: ById = False) -> None:
    """End a person's sessions and let them in no more."""
    from services.cli import users as work

    raise typer.Exit(work.block(settings(), work.ref(login, reason, by_id)))


@users.command("unblock")
def unblock_user(login: Login, reason: Reason, by_id: ById = False) -> None:
    """Let a blocked person log in again."""
    from services.cli import users as work

    raise typer.Exit(work.unblock(settings(), work.ref(login, reason, by_id)))


@users.command("move")
def move_user(
    login: Login,
    to: Annotated[int, typer.Option(min=1, help="number of the shard to move to")],
    reason: Reason = "to even out the shards",
    by_id: ById = False,
) -> None:
    """Move a person with everything kept for them to another shard. Their writes wait for a moment."""
    from services.cli import users as work

    raise typer.Exit(work.move(settings(), work.ref(login, reason, by_id), to))


@users.command("show")
def show_user(login: Login, reason: Reason, by_id: ById = False) -> None:
    """Look at somebody's account."""
    from services.cli import users as work

    raise typer.Exit(work.show(settings(), work.ref(login, reason, by_id)))


@operators.command("add")
def add_operator(login: Login, reason: Reason = "first operator", by_id: ById = False) -> None:
    """Make an account an operator's."""
    from services.cli import users as work

    raise typer.Exit(work.set_role(settings(), work.ref(login, reason, by_id), True))


@operators.command("remove")
def remove_operator(login: Login, reason: Reason, by_id: ById = False) -> None:
    """Make an operator's account a user's again; its sessions end."""
    from services.cli import users as work

    raise typer.Exit(work.set_role(settings(), work.ref(login, reason, by_id), False))


def demo_accounts(
    count: Annotated[int, typer.Argument(min=1, max=10_000, help="how many")],
    force: Annotated[bool, typer.Option("--force", help="where databases are configured, too")] = False,
) -> None:
    """Make accounts test_user_0 … for load tests, with the password test_password."""
    from services.cli import demo

    raise typer.Exit(demo.accounts(settings(), count, force))


# ---- keys, exports, the log ------------------------------------------------------------------------------------------


@keys.command("rotate-master")
def rotate_master_key() -> None:
    """Wrap every data key with a new master key. Broken off, it goes on when called again."""
    from services.cli import keys as work

    raise typer.Exit(work.rotate_master(settings()))


@keys.command("rotate-signing")
def rotate_signing_key() -> None:
    """Sign access tokens with a new key; those that were signed with the old one stay good."""
    from services.cli import keys as work

    raise typer.Exit(work.rotate_signing(settings()))


@keys.command("retire")
def retire_keys() -> None:
    """Take out old keys that nothing needs any more, once every process has met the new ones."""
    from services.cli import keys as work

    raise typer.Exit(work.retire(settings()))


@export.command("feedback")
def export_feedback(
    since: Annotated[str, typer.Option(help="only ratings given after this moment, ISO 8601")] = "",
    out: Annotated[str, typer.Option(help="file to write; the standard output when not given")] = "",
) -> None:
    """Write people's ratings of answers as JSON Lines, without anything that points to a person."""
    from services.cli import export as work

    raise typer.Exit(work.feedback(settings(), since, out))


@audit.command("verify")
def verify_audit() -> None:
    """Check that no line of the log was changed or taken out."""
    from services.cli import audit as work

    raise typer.Exit(work.verify(settings()))


@audit.command("list")
def list_audit() -> None:
    """Every line of the log."""
    from services.cli import audit as work

    raise typer.Exit(work.listed(settings()))
