"""Encryption of fields: AES-256-GCM, one data key per owner, wrapped by the deployment's master key.

A ciphertext is bound to where it stands: table, column, row and owner are its associated data, so it cannot be moved to
another row and still open. Erasing the owner's key row makes every copy of the owner's texts unreadable.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import AsyncIterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mesh import telemetry
from services.storage.clock import now
from services.storage.failures import Unreachable, typed
from services.storage.master_keys import MasterKeys
from services.storage.remembered import Remembered
from services.storage.tables.keys import data_key

NONCE_BYTES = 12
REMEMBERED, REMEMBERED_SECONDS = 4096, 300.0
SECONDS = 5.0
# Whose key finds things by keyed hashes: e-mails, phones, login names, places.
LOOKUP = ":lookup"


class FieldCipher:
    """Seals and opens one owner's fields."""

    def __init__(self, owner: str, key: bytes) -> None:
        self._owner, self._aead = owner, AESGCM(key)
        self._lookup = hmac.digest(key, b"medichain lookup", "sha256")

    def seal(self, plain: bytes, table: str, column: str, row: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, self._place(table, column, row))

    def open(self, sealed: bytes, table: str, column: str, row: str) -> bytes:
        """The plain bytes. Raises ValueError when they were altered, moved, or sealed for somebody else."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._place(table, column, row))
        except InvalidTag:
            raise ValueError("a sealed field does not open") from None

    def hashed(self, kind: str, text: str) -> bytes:
        """32 bytes that are the same for the same text of the same kind, and tell nothing without the key."""
        return hmac.digest(self._lookup, f"{kind}\x1f{text}".encode(), "sha256")

    def _place(self, table: str, column: str, row: str) -> bytes:
        return "\x1f".join((table, column, row, self._owner)).encode()


class Keyring:
    """Hands out owners' ciphers, remembered for up to 300 s. Raises UNAVAILABLE while the key database is away."""

    def __init__(self, engine: AsyncEngine, master: MasterKeys | bytes) -> None:
        self._engine = engine
        self._master = MasterKeys.single(master) if isinstance(master, bytes) else master
        self._known: Remembered[str, FieldCipher] = Remembered(REMEMBERED_SECONDS, REMEMBERED)

    async def cipher(self, owner: str) -> FieldCipher:
        """The owner's cipher; a data key is made when an owner is first seen."""
        known = await self.existing(owner)
        return known or await self._create(owner)

    async def existing(self, owner: str) -> FieldCipher | None:
        """The owner's cipher, or None when the owner has no key (any more)."""
        known = self._known.get(owner)
        if known:
            return known
        wanted = select(data_key.c.wrapped, data_key.c.master).where(data_key.c.owner == owner)
        async with typed("keys", SECONDS), self._engine.connect() as connection:
            found = (await connection.execute(wanted)).first()
        return self._remember(owner, self._unwrap(owner, found.wrapped, found.master)) if found else None

    async def lookup_hash(self, kind: str, text: str) -> bytes:
        """The keyed hash by which a text of some kind ("login", "email", …) is found in this deployment."""
        return (await self.cipher(LOOKUP)).hashed(kind, text)

    async def erase(self, owner: str) -> None:
        """Removes the owner's key: from now on nothing the owner wrote can be read."""
        self._known.drop(owner)
        async with typed("keys", SECONDS), self._engine.begin() as connection:
            await connection.execute(delete(data_key).where(data_key.c.owner == owner))

    async def owners(self, after: str = "", batch: int = 1000) -> AsyncIterator[str]:
        """Everybody who has a key, in the order of their names."""
        while True:
            wanted = select(data_key.c.owner).where(data_key.c.owner > after).order_by(data_key.c.owner).limit(batch)
            async with typed("keys", SECONDS), self._engine.connect() as connection:
                found = list((await connection.execute(wanted)).scalars())
            for owner in found:
                yield owner
            if len(found) < batch:
                return
            after = found[-1]

    async def _create(self, owner: str) -> FieldCipher:
        key = AESGCM.generate_key(256)
        id, master = self._master.newest
        row = {"owner": owner, "wrapped": wrap(owner, key, master), "master": id, "created_at": now()}
        try:
            async with typed("keys", SECONDS), self._engine.begin() as connection:
                await connection.execute(insert(data_key).values(row))
        except IntegrityError:  # another process made it first
            return await self.cipher(owner)
        return self._remember(owner, key)

    def _unwrap(self, owner: str, wrapped: bytes, master: str) -> bytes:
        try:
            return unwrap(owner, wrapped, self._master.get(master))
        except (LookupError, InvalidTag):
            telemetry.log().error("master_key_missing", kind=master)
            raise Unreachable from None

    def _remember(self, owner: str, key: bytes) -> FieldCipher:
        return self._known.put(owner, FieldCipher(owner, key))


def wrap(owner: str, key: bytes, master: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, owner.encode())


def unwrap(owner: str, wrapped: bytes, master: bytes) -> bytes:
    return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], owner.encode())
