"""Contracts written for a test, and the services in them."""

import itertools

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, field_mask_pb2

from medichain.mesh.v1 import policy_pb2

_NUMBERS = itertools.count()


def service(*rules, stream=None, streaming=False, access=policy_pb2.ACCESS_PUBLIC, masked=False, cookies=None):
    """A service with one RPC per google.api.http rule; the request has id, name, names, inner and, if ``masked``,
    update_mask."""
    package = f"trial{next(_NUMBERS)}"
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    file.dependency.extend([annotations_pb2.DESCRIPTOR.name, policy_pb2.DESCRIPTOR.name])
    message = file.message_type.add(name="Trial")
    for number, (name, kind, label) in enumerate(
        [("id", 9, 1), ("name", 9, 1), ("names", 9, 3), ("inner", 11, 1)], start=1
    ):
        message.field.add(
            name=name, number=number, type=kind, label=label, type_name=f".{package}.Trial" if kind == 11 else None
        )
    if masked:
        file.dependency.append(field_mask_pb2.DESCRIPTOR.name)
        message.field.add(name="update_mask", number=5, type=11, label=1, type_name=".google.protobuf.FieldMask")
    made = file.service.add(name="TrialService")
    for number, rule in enumerate(rules):
        method = made.method.add(
            name=f"Try{number}", input_type=f".{package}.Trial", output_type=f".{package}.Trial",
            server_streaming=streaming,
        )  # fmt: skip
        method.options.Extensions[annotations_pb2.http].MergeFrom(rule)
        policy = method.options.Extensions[policy_pb2.policy]
        policy.access, policy.timeout_ms = access, 1000
        if stream:
            policy.stream.MergeFrom(stream)
        if cookies:
            policy.session_cookies.MergeFrom(cookies)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName(f"{package}.TrialService")
