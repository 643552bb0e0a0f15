"""Index versions on disk: whole or not there.

A version is a folder with a manifest of its files' SHA-256. It is written beside the others, flushed to disk, and made
the current one by renaming a symbolic link, so a reader sees the old or the new one and a crash leaves the old one.
"""

from __future__ import annotations

import os
import pathlib
import shutil
from dataclasses import asdict, dataclass

import orjson

from services.storage.exports import digest

_MANIFEST, _CURRENT, _UNFINISHED = "manifest.json", "current", ".unfinished"
_KEPT = 2


class DamagedError(Exception):
    """A version is not what was written; ``file`` is the one at fault."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.file = file


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version is: the digest of what went into it, the embedder, the format, its size and its files."""

    version: str
    format: str
    embedder: str
    passages: int
    files: dict[str, str]


def begun(root: pathlib.Path, name: str) -> pathlib.Path:
    """An empty folder to write a version into; what was left of earlier attempts is removed."""
    root.mkdir(parents=True, exist_ok=True)
    for left in root.glob(f"*{_UNFINISHED}"):
        shutil.rmtree(left)
    folder = root / f"{name}{_UNFINISHED}"
    folder.mkdir()
    return folder


def finished(folder: pathlib.Path, version: str, format: str, embedder: str, passages: int) -> pathlib.Path:
    """Seals the folder with its manifest, makes it the current version and removes the oldest. Returns its place."""
    files = {str(path.relative_to(folder)): digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    sealed = Manifest(version, format, embedder, passages, files)
    (folder / _MANIFEST).write_bytes(orjson.dumps(asdict(sealed), option=orjson.OPT_INDENT_2))
    for path in (*folder.rglob("*"), folder):
        _flush(path)
    place = folder.with_name(folder.name.removesuffix(_UNFINISHED))
    folder.rename(place)
    _point(folder.parent, place.name)
    for old in versions(folder.parent)[_KEPT:]:
        shutil.rmtree(old)
    return place


def versions(root: pathlib.Path) -> list[pathlib.Path]:
    """The versions on disk, the current one first, then the newest."""
    if not root.exists():
        return []
    current = root / _CURRENT
    name = os.readlink(current) if current.is_symlink() else ""
    found = [path.parent for path in root.glob(f"*/{_MANIFEST}") if path.parent.name not in (_CURRENT,)]
    whole = [path for path in found if not path.name.endswith(_UNFINISHED)]
    return sorted(whole, key=lambda path: (path.name == name, path.stat().st_mtime_ns), reverse=True)


def manifest(folder: pathlib.Path) -> Manifest:
    """The version's manifest. Raises :class:`DamagedError` when there is none that can be read."""
    try:
        return Manifest(**orjson.loads((folder / _MANIFEST).read_bytes()))
    except (OSError, TypeError, orjson.JSONDecodeError):
        raise DamagedError(_MANIFEST) from None


def checked(folder: pathlib.Path) -> Manifest:
    """The version's manifest, once every file is as it was written. Raises :class:`DamagedError` otherwise."""
    found = manifest(folder)
    for name, expected in found.files.items():
        path = folder / name
        if not path.is_file() or digest(path) != expected:
            raise DamagedError(name)
    return found


def _point(root: pathlib.Path, name: str) -> None:
    scratch = root / f"{_CURRENT}.{os.getpid()}"
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(name)
    scratch.replace(root / _CURRENT)
    _flush(root)


def _flush(path: pathlib.Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
