"""Where a request really comes from, when proxies stand before the edge.

What X-Forwarded-For and X-Forwarded-Proto say is believed only of proxies the deployment names, and read from the
right: everything to the left of the last trusted proxy was written by a stranger.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re

from starlette.types import Scope

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
_MOST_HOPS = 20


class Proxies:
    """The proxies a deployment trusts, as comma-separated addresses and networks ("10.0.0.0/8, 2001:db8::7")."""

    def __init__(self, trusted: str = "") -> None:
        """Raises ValueError for what is neither an address nor a network."""
        named = (entry.strip() for entry in trusted.split(","))
        self._trusted: tuple[Network, ...] = tuple(ipaddress.ip_network(entry, False) for entry in named if entry)

    def address(self, scope: Scope) -> str:
        """The address the request was sent from; "" when the connection has none."""
        nearest = _address(_peer(scope))
        if nearest is None:
            return ""
        for hop in reversed(_forwarded(scope, b"x-forwarded-for")):
            if not self._trusts(nearest):
                break
            further = _address(hop)
            if further is None:
                break
            nearest = further
        return str(nearest)

    def secure(self, scope: Scope) -> bool:
        """True when the request came over https, to here or to a trusted proxy."""
        if scope.get("scheme") == "https":
            return True
        nearest = _address(_peer(scope))
        told = _forwarded(scope, b"x-forwarded-proto")[:1]
        return nearest is not None and self._trusts(nearest) and told == ["https"]

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _forwarded(scope: Scope, name: bytes) -> list[str]:
    """The values of a header that every proxy adds to, the last ones only."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [hop.strip() for hop in ",".join(lines).split(",")][-_MOST_HOPS:] if lines else []


def _address(text: str) -> Address | None:
    """An address, with a port or without; IPv4 inside of IPv6 is IPv4."""
    found = _WITH_PORT.fullmatch(text)
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address((found[1] or found[2]) if found else text)
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return mapped or address
    return None
