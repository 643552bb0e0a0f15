"""Who calls, for whom, and whether the contract lets them: decided here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import unquote

from medichain.mesh.v1 import policy_pb2
from services.mesh.client import ADDRESS_KEY
from services.mesh.context import ANONYMOUS, CallContext, Principal
from services.mesh.errors import MeshError
from services.mesh.identity import METADATA_KEY, Verifier
from services.mesh.people import Person, Security, unheard
from services.mesh.policy import Policy
from services.mesh.tokens import TokenVerifier

# A call that another service makes for a person may outlive the token it began with, by as long as a call may take.
GRACE_SECONDS = 60.0
_MOST_EVENTS = 1000
_OURS = ("service", "operator")


class Limiter(Protocol):
    """Counts calls."""

    async def wait(self, policy: Policy, address: str, account: str) -> float | None:
        """Counts a call; the seconds to wait when it is one too many, else None. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class People:
    """How this process judges people. ``tokens`` is None where nobody's token can be judged."""

    tokens: TokenVerifier | None = None
    limiter: Limiter | None = None
    security: Security = unheard


class Admission:
    """Lets calls in as their contracts say."""

    def __init__(self, verifier: Verifier, people: People) -> None:
        self._verifier, self._people = verifier, people
        self._telling: set[asyncio.Task[None]] = set()

    async def admitted(self, call: CallContext, metadata: Mapping[str, str], policy: Policy, peer: str) -> CallContext:
        """The call with its principal, address and person. Raises what the caller is refused with.

        Where the contract says ``triage_first`` a refusal is not raised but stands in the call. Unless it is for a
        limit, the call is then nobody's, and is passed on as nobody's.
        """
        call = replace(call, address=address_of(peer))
        try:
            call = self._introduced(call, metadata)
            call = replace(call, person=await self._person(call))
            authorise(call.principal, policy, call.person)
            await self._limit(call, policy)
        except MeshError as refused:
            self._tell(refused, call, policy, shown=METADATA_KEY in metadata or bool(call.authorization))
            if not policy.triage_first:
                raise
            return replace(call, refusal=refused, authorization=call.authorization if call.person else "")
        return call

    def _introduced(self, call: CallContext, metadata: Mapping[str, str]) -> CallContext:
        """The call with its principal, and with the address that the edge or a service tells."""
        token = metadata.get(METADATA_KEY)
        principal = self._verifier.principal(token) if token else ANONYMOUS
        told = metadata.get(ADDRESS_KEY, "") if principal.kind in ("edge", "service") else ""
        return replace(call, principal=principal, address=_plain(told) or call.address)

    async def _person(self, call: CallContext) -> Person | None:
        if not call.authorization:
            return None
        scheme, _, bearer = call.authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise MeshError("UNAUTHENTICATED")
        if self._people.tokens is None:
            raise MeshError("UNAVAILABLE", retry_after=1)
        return await self._people.tokens.person(bearer, GRACE_SECONDS if call.principal.kind == "service" else 0.0)

    async def _limit(self, call: CallContext, policy: Policy) -> None:
        if self._people.limiter is None or call.principal.kind in _OURS:
            return
        seconds = await self._people.limiter.wait(policy, call.address, call.owner)
        if seconds is not None:
            raise MeshError("LIMITED", retry_after=seconds)

    def _tell(self, refused: MeshError, call: CallContext, policy: Policy, shown: bool) -> None:
        """Reports what an operator may want to look at, without letting the caller wait. ``shown``: with a token."""
        kind = _event(refused.reason.name, policy, shown)
        if kind is not None and len(self._telling) < _MOST_EVENTS:
            method = policy.path.rpartition("/")[2]
            task = asyncio.ensure_future(self._people.security(kind, method, call.owner, call.address))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)


def authorise(principal: Principal, policy: Policy, person: Person | None = None) -> None:
    """Raises unless the contract lets this caller in. The edge has no more rights than anybody."""
    if _allowed(principal, policy, person):
        return
    known = person is not None or principal.kind in _OURS
    needs_login = policy.access == policy_pb2.ACCESS_USER or not known
    raise MeshError("UNAUTHENTICATED" if needs_login else "ACCESS_DENIED")


def _allowed(principal: Principal, policy: Policy, person: Person | None) -> bool:
    match policy.access:
        case policy_pb2.ACCESS_PUBLIC:
            return True
        case policy_pb2.ACCESS_USER:
            return person is not None
        case policy_pb2.ACCESS_OPERATOR:
            return principal.kind == "operator" or (person is not None and person.role == "operator")
        case policy_pb2.ACCESS_SERVICE:
            return principal.kind in _OURS
    return False


def address_of(peer: str) -> str:
    """The network address in what gRPC says of a connection, e.g. "ipv6:%5B::1%5D:50051"; "" when it has none."""
    _, _, place = unquote(peer).partition(":")
    return _plain(place.rpartition(":")[0].strip("[]"))


def _plain(address: str) -> str:
    """The address in its one form; "" when it is none."""
    with contextlib.suppress(ValueError):
        found = ipaddress.ip_address(address)
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        return str(mapped or found)
    return ""


def _event(reason: str, policy: Policy, shown: bool) -> str | None:
    """The kind of security event a refusal is, or None for what happens to honest callers every day."""
    match reason:
        case "LIMITED":
            return "limit_exceeded"
        case "ACCESS_DENIED":
            return "denied_access"
        case "UNAUTHENTICATED" if shown:
            return "bad_token"
        case "UNAUTHENTICATED" if policy.access in (policy_pb2.ACCESS_OPERATOR, policy_pb2.ACCESS_SERVICE):
            return "denied_access"
    return None
