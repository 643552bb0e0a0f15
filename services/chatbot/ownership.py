"""Whose a conversation or an exchange is, and where it lives. Every check of ownership is made here.

A signed-in person's records are theirs alone. What was asked without signing in belongs to whoever holds its id, which
nobody can guess; the id of such a conversation names its shard.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from services.chatbot.question import anonymous_owner, is_anonymous
from services.mesh.people import Person

_ANONYMOUS_ID = re.compile(r"c([1-9a-z][0-9a-z]{0,5})x[0-9a-f]{40}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Place:
    """Where records are: their owner, and the owner's shard."""

    owner: str
    shard_id: int


def place_of(conversation_id: str, person: Person | None) -> Place | None:
    """Where the caller finds the conversation, should it exist; None when there is none they could have."""
    shard_id = shard_of(conversation_id)
    if shard_id:
        return Place(anonymous_owner(conversation_id), shard_id)
    return home(person) if person else None


def home(person: Person) -> Place:
    """Where a person's own records are."""
    return Place(person.account_id, person.shard_id)


def may_touch(owner: str, caller: str) -> bool:
    """Whether a caller (an account's id, "" for nobody in particular) who holds a record's id may have the record."""
    return is_anonymous(owner) or (caller != "" and owner == caller)


def conversation_secret(idempotency: str | None, person: Person | None) -> str:
    """40 hexadecimal digits: the same for a person's repeated request, so that it finds its first answer."""
    if idempotency is None:
        return secrets.token_hex(20)
    account_id = person.account_id if person else ""
    return hashlib.sha256(f"{account_id}\x1f{idempotency}".encode()).hexdigest()[:40]


def anonymous_id(shard_id: int, secret: str) -> str:
    """The id of a conversation whose owner is not signed in."""
    digits = ""
    while shard_id:
        shard_id, digit = divmod(shard_id, 36)
        digits = _DIGITS[digit] + digits
    return f"c{digits}x{secret}"


def personal_id(secret: str) -> str:
    """The id of a signed-in person's conversation; it says nothing of where it is."""
    return f"p{secret}"


def shard_of(conversation_id: str) -> int:
    """The shard that an anonymous conversation's id names; 0 for any other id."""
    match = _ANONYMOUS_ID.fullmatch(conversation_id)
    return int(match[1], 36) if match else 0


def chosen_shard(secret: str, shard_ids: Sequence[int]) -> int:
    """The shard for a new anonymous conversation: where another one is added, most stay where they would have been."""
    return max(shard_ids, key=lambda id: (zlib.crc32(f"{id}:{secret}".encode()), id))
