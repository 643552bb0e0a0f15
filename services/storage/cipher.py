"""Encryption of fields: AES-256-GCM, one data key per owner, wrapped by the deployment's master key.

A ciphertext is bound to where it stands: table, column, row and owner are its associated data, so it cannot be moved to
another row and still open. Erasing the owner's key row makes every copy of the owner's texts unreadable.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mesh.identity import write_once
from services.mesh.settings import Settings
from services.storage.tables.keys import data_key

NONCE_BYTES = 12
REMEMBERED = 4096


def master_key(settings: Settings) -> bytes:
    """The key that wraps data keys; made on first use in the embedded default, required elsewhere."""
    path = settings.master_key_file or settings.path("keys", "master.key")
    if not path.exists():
        if settings.master_key_file is not None:
            raise FileNotFoundError(f"MEDICHAIN_MASTER_KEY_FILE names no file: {path}")
        write_once(path, AESGCM.generate_key(256))
    return path.read_bytes()


class FieldCipher:
    """Seals and opens one owner's fields."""

    def __init__(self, owner: str, key: bytes) -> None:
        self._owner, self._aead = owner, AESGCM(key)

    def seal(self, plain: bytes, table: str, column: str, row: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, self._place(table, column, row))

    def open(self, sealed: bytes, table: str, column: str, row: str) -> bytes:
        """The plain bytes. Raises ValueError when they were altered, moved, or sealed for somebody else."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._place(table, column, row))
        except InvalidTag:
            raise ValueError("a sealed field does not open") from None

    def _place(self, table: str, column: str, row: str) -> bytes:
        return "\x1f".join((table, column, row, self._owner)).encode()


class Keyring:
    """Hands out owners' ciphers; a data key is made when an owner is first seen."""

    def __init__(self, engine: AsyncEngine, master: bytes) -> None:
        self._engine, self._master = engine, AESGCM(master)
        self._known: OrderedDict[str, FieldCipher] = OrderedDict()

    async def cipher(self, owner: str) -> FieldCipher:
        """The owner's cipher, made on first use."""
        known = await self.existing(owner)
        return known or await self._create(owner)

    async def existing(self, owner: str) -> FieldCipher | None:
        """The owner's cipher, or None when the owner has no key (any more)."""
        if owner in self._known:
            self._known.move_to_end(owner)
            return self._known[owner]
        async with self._engine.connect() as connection:
            wrapped = await connection.scalar(select(data_key.c.wrapped).where(data_key.c.owner == owner))
        return self._remember(owner, self._unwrap(owner, wrapped)) if wrapped else None

    async def erase(self, owner: str) -> None:
        """Removes the owner's key: from now on nothing the owner wrote can be read."""
        self._known.pop(owner, None)
        async with self._engine.begin() as connection:
            await connection.execute(delete(data_key).where(data_key.c.owner == owner))

    async def _create(self, owner: str) -> FieldCipher:
        key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
        wrapped = nonce + self._master.encrypt(nonce, key, owner.encode())
        row = {
            "owner": owner,
            "wrapped": wrapped,
            "master": "first",
            "created_at": datetime.now(UTC).replace(tzinfo=None),
        }
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(data_key).values(row))
        except IntegrityError:  # another process made it first
            return await self.cipher(owner)
        return self._remember(owner, key)

    def _unwrap(self, owner: str, wrapped: bytes) -> bytes:
        return self._master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], owner.encode())

    def _remember(self, owner: str, key: bytes) -> FieldCipher:
        self._known[owner] = FieldCipher(owner, key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return self._known[owner]
