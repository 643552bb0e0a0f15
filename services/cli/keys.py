"""Gives the deployment new keys. Works on the key files and the key database themselves; nothing has to run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from services.account.signing_rotation import retire_signing
from services.account.signing_rotation import rotate_signing as rotated_signing
from services.cli.operating import console, failed
from services.mesh.errors import MeshError
from services.mesh.settings import Settings
from services.storage import rotation


def rotate_master(settings: Settings) -> int:
    """Begun again after it broke off, it goes on where it was."""

    def work() -> None:
        done = asyncio.run(rotation.rotate_master(settings))
        console.print(f"master key {done.newest} wraps every data key; {done.wrapped} were wrapped anew")
        if done.idle:
            console.print(f"wrapping nothing any more: {', '.join(done.idle)}; `medichain keys retire` takes them out")

    return _said(work)


def rotate_signing(settings: Settings) -> int:
    def work() -> None:
        kid = asyncio.run(rotated_signing(settings))
        minutes = settings.access_token_minutes
        console.print(f"signing key {kid} signs from now on; `medichain keys retire` in {minutes + 1} minutes or later")

    return _said(work)


def retire(settings: Settings) -> int:
    """Takes out the keys that nothing needs any more."""

    def work() -> None:
        masters = asyncio.run(rotation.retire(settings))
        console.print(f"master keys taken out: {', '.join(masters) or 'none'}")
        console.print(f"signing keys taken out: {', '.join(retire_signing(settings)) or 'none'}")

    return _said(work)


def _said(work: Callable[[], None]) -> int:
    try:
        work()
    except MeshError as refused:
        return failed(refused.reason.message)
    except SQLAlchemyError as problem:
        return failed(f"the key database does not answer ({type(problem).__name__})")
    except (OSError, ValueError, LookupError) as problem:
        return failed(str(problem))
    return 0
