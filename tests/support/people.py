"""People for tests of the mesh: keys, tokens and sessions without an account service."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import OKPKey

from services.mesh.people import Role, SessionState, Standing
from services.mesh.tokens import ALGORITHM, AUDIENCE, ISSUER, TYPE


class Signer:
    """Signs access tokens as the account service does; every part can be made wrong."""

    def __init__(self, kid: str = "k1") -> None:
        self.kid, self.key = kid, OKPKey.generate_key("Ed25519")

    def public(self) -> dict[str, str]:
        """The public half as a JWK."""
        found = self.key.as_dict(private=False)
        return {"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "x": str(found["x"])}

    def claims(self, account_id: str = "a1", session_id: str = "s1", **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": account_id, "sid": session_id, "iat": now, "exp": now + 900}
        return {name: value for name, value in (claims | changed).items() if value is not None}

    def token(self, account_id: str = "a1", session_id: str = "s1", **changed: Any) -> str:
        return self.signed(self.claims(account_id, session_id, **changed))

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        given = {"alg": ALGORITHM, "typ": TYPE, "kid": self.kid} | header
        registry = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
        headers = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(headers, claims, self.key, registry=registry)


class FakeKeys:
    """A key source that knows the keys it is given."""

    def __init__(self, *signers: Signer) -> None:
        self.signers = {signer.kid: signer for signer in signers}

    async def key(self, kid: str) -> OKPKey | None:
        found = self.signers.get(kid)
        return OKPKey.import_key(found.public()) if found else None


class FakeSessions:
    """Sessions that live until they are ended; ``away`` is raised instead of an answer."""

    def __init__(self, role: Role = "user", shard_id: int = 1) -> None:
        self.living = Standing(SessionState.NONE, shard_id, role)
        self.ended: dict[str, SessionState] = {}
        self.away: Exception | None = None
        self.asked = 0

    def end(self, session_id: str, state: SessionState = SessionState.EXPIRED) -> None:
        self.ended[session_id] = state

    async def standing(self, account_id: str, session_id: str) -> Standing:
        self.asked += 1
        if self.away:
            raise self.away
        return Standing(self.ended[session_id]) if session_id in self.ended else self.living
