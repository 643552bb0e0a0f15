"""A new signing key takes the old one's place, without a token being refused meanwhile.

The key file holds keys oldest first and its last one signs. A new key is published first, before the one that signs, so
that every replica hands it out to whoever checks tokens; only then it becomes the last. The old ones stay for as long
as a token signed with them may live.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pathlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from joserfc.jwk import OKPKey

from services.account.tokens import LOOK_SECONDS, key_set, made_on_first_use, read_keys
from services.mesh.settings import Settings


async def rotate_signing(settings: Settings, published_seconds: float = 2 * LOOK_SECONDS) -> str:
    """Makes a key that signs from now on; returns its id. Takes a little longer than replicas need to notice."""
    path = made_on_first_use(settings)
    fresh = OKPKey.generate_key("Ed25519")
    kid = str(fresh.thumbprint())
    with _alone(path):
        *older, signing = read_keys(path)
        _replace(path, [*older, fresh, signing])
    await asyncio.sleep(published_seconds)
    with _alone(path):
        keys = read_keys(path)
        _replace(path, [*(key for key in keys if key.kid != kid), fresh])
    return kid


def retire_signing(settings: Settings) -> tuple[str, ...]:
    """Takes every key but the one that signs out of the file; returns their ids.

    Raises ValueError while tokens signed with them may still be alive.
    """
    path = made_on_first_use(settings)
    with _alone(path):
        *older, signing = read_keys(path)
        left = (settings.access_token_minutes + 1) * 60 - (time.time() - path.stat().st_mtime)
        if older and left > 0:
            raise ValueError(f"tokens signed with the old key may live for another {int(left // 60) + 1} minutes")
        if older:
            _replace(path, [signing])
    return tuple(str(key.kid) for key in older)


def _replace(path: pathlib.Path, keys: Sequence[OKPKey]) -> None:
    scratch = path.with_name(f"{path.name}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(key_set(list(keys)))
        out.flush()
        os.fsync(out.fileno())
    os.replace(scratch, path)


@contextmanager
def _alone(path: pathlib.Path) -> Iterator[None]:
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
