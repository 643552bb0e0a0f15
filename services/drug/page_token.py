"""Tokens of search pages: where the next page begins, signed so that only tokens we gave are taken."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct

from services.mesh.errors import InvalidField

_FIELD = "page_token"
_SIGNATURE = 12


class PageTokens:
    """Makes and reads tokens with a key that every replica of a deployment shares."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.sha256(b"drug search page\x00" + key).digest()

    def token(self, query: str, offset: int) -> str:
        """The token of the page of ``query`` that begins at ``offset``."""
        packed = struct.pack(">I", offset)
        return base64.urlsafe_b64encode(packed + self._sign(query, packed)).decode().rstrip("=")

    def offset(self, query: str, token: str) -> int:
        """Where the page begins; 0 without a token. Raises InvalidField for a token not given for ``query``."""
        if not token:
            return 0
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise InvalidField(_FIELD, "is not a token of this search") from None
        packed, signature = raw[:4], raw[4:]
        if len(packed) != struct.calcsize(">I") or not hmac.compare_digest(signature, self._sign(query, packed)):
            raise InvalidField(_FIELD, "is not a token of this search")
        return int(struct.unpack(">I", packed)[0])

    def _sign(self, query: str, packed: bytes) -> bytes:
        return hmac.digest(self._key, packed + query.encode(), "sha256")[:_SIGNATURE]
