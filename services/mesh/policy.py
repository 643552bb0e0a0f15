"""Reads what the contracts say about each RPC. Nothing here is configured anywhere else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from medichain.mesh.v1 import policy_pb2

# Methods every gRPC server answers without a policy: health and the two reflections.
INFRASTRUCTURE = (
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
)


@dataclass(frozen=True, slots=True)
class Policy:
    """One RPC's policy.

    ``access`` is a value of ``medichain.mesh.v1.Access``; ``timeout`` is in seconds; ``safe`` means a failed call may
    be sent again; ``stream`` names the parts of a server stream's items, or is None. ``per_address`` and
    ``per_account`` are calls a minute, 0 for any number; ``triage_first`` means that the method itself turns away whom
    the mesh would refuse, after it has looked for an emergency; ``cookies`` is what the answer does to a browser's
    cookies, or None.
    """

    path: str
    access: int
    timeout: float
    safe: bool
    stream: policy_pb2.Stream | None
    per_address: int = 0
    per_account: int = 0
    triage_first: bool = False
    cookies: policy_pb2.SessionCookies | None = None


def path_of(method: MethodDescriptor) -> str:
    """The method's path on the wire, "/package.Service/Method"."""
    return f"/{method.containing_service.full_name}/{method.name}"


def policy_of(method: MethodDescriptor) -> Policy | None:
    """The method's policy, or None when the contract declares none (the method is then closed)."""
    options = method.GetOptions()
    if not options.HasExtension(policy_pb2.policy):
        return None
    declared = options.Extensions[policy_pb2.policy]
    if declared.access == policy_pb2.ACCESS_UNSPECIFIED or declared.timeout_ms <= 0:
        return None
    return Policy(
        path=path_of(method),
        access=declared.access,
        timeout=declared.timeout_ms / 1000,
        safe=declared.retry == policy_pb2.RETRY_SAFE,
        stream=declared.stream if declared.HasField("stream") else None,
        per_address=declared.limit.per_address,
        per_account=declared.limit.per_account,
        triage_first=declared.triage_first,
        cookies=declared.session_cookies if declared.HasField("session_cookies") else None,
    )


def policies_of(service: ServiceDescriptor) -> dict[str, Policy]:
    """The policies of a service's methods, by path; methods without one are absent."""
    found = (policy_of(method) for method in service.methods)
    return {policy.path: policy for policy in found if policy}


def service_config(service: ServiceDescriptor) -> str:
    """The gRPC service config a client of this service uses: balancing, health checking, timeouts and retries.

    Retries are for SAFE methods only, on UNAVAILABLE only, and throttled so that a failing service is not flooded.
    """
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": service.full_name},
        "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
        "methodConfig": [_method_config(service, policy) for policy in policies_of(service).values()],
    }
    return json.dumps(config)


def _method_config(service: ServiceDescriptor, policy: Policy) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": [{"service": service.full_name, "method": policy.path.rpartition("/")[2]}],
    }
    if policy.safe:
        entry["retryPolicy"] = {
            "maxAttempts": 3,
            "initialBackoff": "0.02s",
            "maxBackoff": "0.2s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        }
    return entry
