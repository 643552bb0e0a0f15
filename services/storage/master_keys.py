"""Master keys, which wrap people's data keys: a file of one, or of several while one takes another's place.

The file is 32 bytes, or lines of "id base64", the newest last: that one wraps, all of them unwrap. It is replaced as a
whole, so that every process finds either the old or the new one.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import pathlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.mesh.identity import write_once
from services.mesh.settings import Settings

KEY_BYTES, FIRST = 32, "first"


class MasterKeys:
    """Known master keys by id, the newest last; read again when their file has changed."""

    def __init__(self, keys: Mapping[str, bytes], file: pathlib.Path | None = None) -> None:
        self._keys, self._file = dict(keys), file
        self._seen = _stamp(file)

    @classmethod
    def single(cls, key: bytes) -> MasterKeys:
        """One key alone."""
        return cls({FIRST: key})

    @classmethod
    def read(cls, file: pathlib.Path) -> MasterKeys:
        """Raises ValueError when the file is none of the two kinds."""
        return cls(parsed(file.read_bytes()), file)

    @property
    def newest(self) -> tuple[str, bytes]:
        """The key that wraps, by the file as it is now."""
        self._look_again()
        return list(self._keys.items())[-1]

    def get(self, id: str) -> bytes:
        """Raises LookupError when no key has this id."""
        if id not in self._keys:
            self._look_again()
        if id not in self._keys:
            raise LookupError(f"no master key is called {id}")
        return self._keys[id]

    @property
    def ids(self) -> list[str]:
        """Ids, the newest last."""
        self._look_again()
        return list(self._keys)

    def _look_again(self) -> None:
        """A file that is away for a moment changes nothing."""
        stamp = _stamp(self._file)
        if self._file is not None and stamp and stamp != self._seen:
            self._keys, self._seen = parsed(self._file.read_bytes()), stamp


def master_keys(settings: Settings) -> MasterKeys:
    """The deployment's master keys, from the environment or their file.

    The file is made on first use in the embedded default and required elsewhere. Raises ValueError for keys that are
    none.
    """
    given = settings.master_key.get_secret_value().strip()
    if given:
        lines = [line.strip() for line in given.split(",")]
        named = (line if " " in line else f"{FIRST} {line}" for line in lines)
        return MasterKeys(parsed("\n".join(named).encode()))
    return MasterKeys.read(key_file(settings))


def key_file(settings: Settings) -> pathlib.Path:
    """Where the keys are. Raises FileNotFoundError when a file was named and is not there, and ValueError when there is
    none because the keys come from the environment: whoever keeps them there changes them there."""
    if settings.master_key.get_secret_value():
        raise ValueError("the master keys come from MEDICHAIN_MASTER_KEY, not from a file that could be changed")
    path = settings.master_key_file or settings.path("keys", "master.key")
    if not path.exists():
        if settings.master_key_file is not None:
            raise FileNotFoundError(f"MEDICHAIN_MASTER_KEY_FILE names no file: {path}")
        write_once(path, AESGCM.generate_key(256))
    return path


def parsed(content: bytes) -> dict[str, bytes]:
    if len(content) == KEY_BYTES:
        return {FIRST: content}
    keys = {}
    for number, line in enumerate(content.decode("ascii", "replace").split("\n"), 1):
        if line.strip():
            id, _, encoded = line.strip().partition(" ")
            keys[id] = _key(encoded, number)
    if not keys:
        raise ValueError("the master key file holds no key")
    return keys


def add(file: pathlib.Path) -> str:
    """Adds a new key, which wraps from now on; returns its id. The file must be writable."""
    with _alone(file):
        keys, id = parsed(file.read_bytes()), f"{int(time.time()):x}{os.urandom(3).hex()}"
        _replace(file, {**keys, id: AESGCM.generate_key(256)})
    return id


def remove(file: pathlib.Path, id: str) -> None:
    """Takes a key out; the newest one stays."""
    with _alone(file):
        keys = parsed(file.read_bytes())
        if id == list(keys)[-1]:
            raise ValueError("the newest master key stays")
        _replace(file, {known: key for known, key in keys.items() if known != id})


def _key(encoded: str, number: int) -> bytes:
    with suppress(binascii.Error, ValueError):
        key = base64.b64decode(encoded, validate=True)
        if len(key) == KEY_BYTES:
            return key
    raise ValueError(f"line {number} of the master key file is no key")


def _replace(file: pathlib.Path, keys: Mapping[str, bytes]) -> None:
    """On the disk before anything is wrapped by it."""
    lines = "".join(f"{id} {base64.b64encode(key).decode()}\n" for id, key in keys.items())
    scratch = file.with_name(f"{file.name}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(lines.encode())
        out.flush()
        os.fsync(out.fileno())
    os.replace(scratch, file)
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@contextmanager
def _alone(file: pathlib.Path) -> Iterator[None]:
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp(file: pathlib.Path | None) -> tuple[int, int, int] | None:
    """What changes whenever the file is replaced."""
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None
