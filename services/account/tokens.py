"""Access tokens and refresh tokens: how they are made."""

from __future__ import annotations

import hashlib
import json
import pathlib
import secrets
import time
from dataclasses import dataclass

from joserfc import jwt
from joserfc.jwk import OKPKey

from services.mesh.identity import write_once
from services.mesh.settings import Settings
from services.mesh.tokens import ALGORITHM, AUDIENCE, ISSUER, TYPE

REFRESH_VERSION, REFRESH_BYTES = "r1", 32
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a signing key, as a JWK (RFC 8037) names its parts."""

    kid: str
    x: str


def signing_key_path(settings: Settings) -> pathlib.Path:
    """Where the signing keys are: a JWK set, the newest key last."""
    return settings.signing_key_file or settings.path("keys", "signing.json")


def made_on_first_use(settings: Settings) -> pathlib.Path:
    """The path of the signing keys; the embedded default makes them, elsewhere they are required."""
    path = signing_key_path(settings)
    if not path.exists():
        if settings.signing_key_file is not None:
            raise FileNotFoundError(f"MEDICHAIN_SIGNING_KEY_FILE names no file: {path}")
        write_once(path, key_set([OKPKey.generate_key("Ed25519")]))
    return path


def key_set(keys: list[OKPKey]) -> bytes:
    """A JWK set with private keys; each is named by its thumbprint (RFC 7638)."""
    named = [{**key.as_dict(private=True), "kid": key.thumbprint()} for key in keys]
    return json.dumps({"keys": named}, indent=1).encode()


def read_keys(path: pathlib.Path) -> list[OKPKey]:
    """The keys of a JWK set, oldest first, or the one key of a PEM file.

    Raises ValueError when there is none or one is no private Ed25519 key.
    """
    content = path.read_bytes()
    if content.startswith(b"-----BEGIN"):
        content = key_set([OKPKey.import_key(content)])
    entries = json.loads(content)["keys"]
    if not entries or any(entry.get("crv") != "Ed25519" or "d" not in entry for entry in entries):
        raise ValueError("the signing key file must hold private Ed25519 keys")
    return [OKPKey.import_key(entry) for entry in entries]


class TokenSigner:
    """Signs access tokens with the newest key. Keys added to the file while it runs are noticed within a second."""

    def __init__(self, path: pathlib.Path, minutes: int) -> None:
        self._path, self.seconds = path, minutes * 60
        self._keys, self._changed, self._looked = read_keys(path), path.stat().st_mtime_ns, time.monotonic()

    def access(self, account_id: str, session_id: str) -> str:
        """A token for calls."""
        now, key = int(time.time()), self._current()[-1]
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": account_id,
            "sid": session_id,
            "iat": now,
            "exp": now + self.seconds,
        }
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        return str(jwt.encode(header, claims, key, algorithms=[ALGORITHM]))

    def public(self) -> list[PublicKey]:
        """The keys tokens are checked with."""
        return [PublicKey(str(key.kid), str(key.as_dict(private=False)["x"])) for key in self._current()]

    def _current(self) -> list[OKPKey]:
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            changed = self._path.stat().st_mtime_ns
            if changed != self._changed:
                self._keys, self._changed = read_keys(self._path), changed
        return self._keys


def refresh_token(session_id: str) -> str:
    """A token for one refresh of the session."""
    return f"{REFRESH_VERSION}.{session_id}.{secrets.token_urlsafe(REFRESH_BYTES)}"


def session_of(refresh: str) -> str | None:
    """The session a refresh token says it belongs to; None when it does not look like one."""
    parts = refresh.split(".")
    if len(parts) != 3 or parts[0] != REFRESH_VERSION or not (parts[1].isalnum() and parts[1].isascii()):
        return None
    return parts[1] if len(parts[1]) == 26 and parts[2] else None


def refresh_hash(refresh: str) -> str:
    """What is kept of a refresh token. It is random and long, so a plain hash tells nothing."""
    return hashlib.sha256(refresh.encode()).hexdigest()
