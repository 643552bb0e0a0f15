"""Service identity: short-lived tokens signed with the deployment's Ed25519 key.

Every process of a deployment reads the same key file, so every one can sign for itself and verify the others. A checked
token is remembered until it expires: the check takes about 0.2 ms and the same token comes with every call.
"""

from __future__ import annotations

import os
import pathlib
import time
from typing import Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.mesh.context import Principal
from services.mesh.errors import MeshError
from services.mesh.settings import Settings

TOKEN_SECONDS = 600
METADATA_KEY = "x-medichain-service"
_AUDIENCE = "medichain-mesh"

# What a process of this deployment is: see services.mesh.context.Principal.
Kind = Literal["edge", "service", "operator"]


def service_key(settings: Settings) -> OKPKey:
    """The deployment's service key; made on first use in the embedded default, required elsewhere."""
    path = settings.service_key_file or settings.path("keys", "service.pem")
    if not path.exists():
        if settings.service_key_file is not None:
            raise FileNotFoundError(f"MEDICHAIN_SERVICE_KEY_FILE names no file: {path}")
        write_once(path, OKPKey.generate_key("Ed25519").as_pem(private=True))
    return OKPKey.import_key(path.read_bytes())


def write_once(path: pathlib.Path, content: bytes) -> None:
    """Writes a secret so that of two processes starting at once one wins and both read the same."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()


class ServiceIdentity:
    """Signs this process's tokens."""

    def __init__(self, name: str, key: OKPKey, kind: Kind = "service") -> None:
        self._name, self._key, self._kind = name, key, kind
        self._token, self._renew_at = "", 0.0

    def token(self) -> str:
        """A token that is valid for at least half its lifetime."""
        now = time.time()
        if now >= self._renew_at:
            claims = {"sub": self._name, "kind": self._kind, "aud": _AUDIENCE, "exp": int(now) + TOKEN_SECONDS}
            self._token = jwt.encode({"alg": "Ed25519"}, claims, self._key, algorithms=["Ed25519"])
            self._renew_at = now + TOKEN_SECONDS / 2
        return self._token


class Verifier:
    """Reads other processes' tokens."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self._rules = jwt.JWTClaimsRegistry(aud={"essential": True, "value": _AUDIENCE}, exp={"essential": True})
        self._known: dict[str, tuple[float, Principal]] = {}

    def principal(self, token: str) -> Principal:
        """Who signed the token. Raises UNAUTHENTICATED when it is not ours or has expired."""
        now = time.time()
        known = self._known.get(token)
        if known and known[0] > now:
            return known[1]
        expires, principal = self._verified(token)
        if len(self._known) > 1000:
            self._known.clear()
        self._known[token] = (expires, principal)
        return principal

    def _verified(self, token: str) -> tuple[float, Principal]:
        try:
            claims = jwt.decode(token, self._key, algorithms=["Ed25519"]).claims
            self._rules.validate(claims)
        except (JoseError, ValueError) as refused:
            raise MeshError("UNAUTHENTICATED") from refused
        kind = claims.get("kind")
        if kind not in ("edge", "service", "operator"):
            raise MeshError("UNAUTHENTICATED")
        return float(claims["exp"]), Principal(kind, str(claims["sub"]))
