"""Passwords: which ones are taken, and how they are kept and compared.

Rules of NIST SP 800-63B-4, section 3.1.1.2: a minimum length in characters and no other composition rule, any Unicode,
NFC before hashing, a list of values that everybody tries first. Kept as Argon2id in the PHC string format, with the
parameters of OWASP's Password Storage Cheat Sheet (m = 19 MiB, t = 2, p = 1).
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from services.mesh.errors import InvalidField

COMMON = pathlib.Path(__file__).parent / "data" / "common_passwords.txt"
LONGEST = 1024
MEMORY_KIB, ITERATIONS, LANES = 19 * 1024, 2, 1
SALT_BYTES, HASH_BYTES = 16, 32
# What of a name is long enough to be recognised in a password.
TELLING = 4
_UNSEEN = {"Cc", "Cs", "Cn"}


def canonical(password: str) -> str:
    """The password as it is hashed: what looks the same on two keyboards is the same."""
    return unicodedata.normalize("NFC", password)


def check(password: str, field: str, minimum: int, about: Iterable[str] = ()) -> str:
    """The password in its canonical form. Raises INVALID_FIELD, which says why, when it is not taken.

    ``about`` is what is known of the person: a password that is made of it is no secret.
    """
    canonical_form = canonical(password)
    if any(unicodedata.category(char) in _UNSEEN for char in canonical_form):
        raise InvalidField(field, "must hold no control characters")
    if len(canonical_form) < minimum:
        raise InvalidField(field, f"must have at least {minimum} characters")
    if len(canonical_form) > LONGEST:
        raise InvalidField(field, f"must have at most {LONGEST} characters")
    if is_common(canonical_form) or _is_about(canonical_form, about):
        raise InvalidField(field, "is one of the passwords that are tried first")
    return canonical_form


def is_common(password: str) -> bool:
    """True for a password of the list, one that repeats a few characters, and a word of the list written twice."""
    folded = password.casefold()
    unit = _repeated(folded)
    return folded in common_passwords() or len(set(folded)) <= 2 or (unit is not None and _simple(unit))


def _simple(unit: str) -> bool:
    return len(unit) <= TELLING or unit in common_passwords()


def _repeated(text: str) -> str | None:
    """What ``text`` repeats from its first character to its last; None when it does not."""
    at = (text + text).find(text, 1)
    return text[:at] if at < len(text) else None


def _is_about(password: str, about: Iterable[str]) -> bool:
    """True when little is left of the password once what is known of the person is taken out of it."""
    left = password.casefold()
    for known in sorted((part.casefold() for part in about if len(part) >= TELLING), key=len, reverse=True):
        left = left.replace(known, "")
    return len(left) <= TELLING and left != password.casefold()


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Passwords that are tried first, folded."""
    return frozenset(line.casefold() for line in COMMON.read_text("utf-8").splitlines() if line and line[0] != "#")


class PasswordHasher:
    """Hashes in threads, at most ``at_once`` at a time: each takes 19 MiB and a core."""

    def __init__(self, at_once: int | None = None) -> None:
        self._threads = ThreadPoolExecutor(at_once or os.cpu_count() or 1, "password")
        self._nobodys = _hashed(os.urandom(32).hex())

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _hashed, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """True when ``kept`` is the hash of the password. Without a hash the same work is done for nobody."""
        against, loop = kept or self._nobodys, asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _fits, password, against) and kept is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _hashed(password: str) -> str:
    salt = os.urandom(SALT_BYTES)
    kdf = Argon2id(salt=salt, length=HASH_BYTES, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB)
    return kdf.derive_phc_encoded(canonical(password).encode())


def _fits(password: str, kept: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(canonical(password).encode(), kept)
    except InvalidKey:
        return False
    return True
