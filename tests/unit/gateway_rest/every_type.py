"""A message type with every kind of field protobuf has, and random messages of any type."""

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    field_mask_pb2,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)  # fmt: skip
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from gateway_rest.json_encoder import map_entry
from gateway_rest.text import cleaned
from services.mesh.errors import MeshError

SCALARS = (
    "DOUBLE", "FLOAT", "INT32", "INT64", "UINT32", "UINT64", "SINT32", "SINT64", "FIXED32", "FIXED64", "SFIXED32",
    "SFIXED64", "BOOL", "STRING", "BYTES",
)  # fmt: skip
KEYS = tuple(name for name in SCALARS if name not in ("DOUBLE", "FLOAT", "BYTES"))
WELL_KNOWN = {
    "at": timestamp_pb2.Timestamp,
    "lasts": duration_pb2.Duration,
    "maybe": wrappers_pb2.Int64Value,
    "mask": field_mask_pb2.FieldMask,
}


def _descriptor():
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="every.proto", package="every", syntax="proto3")
    for module in (timestamp_pb2, duration_pb2, wrappers_pb2, struct_pb2, field_mask_pb2):
        file.dependency.append(module.DESCRIPTOR.name)
    kind = file.enum_type.add(name="Kind")
    for number, name in ((0, "KIND_UNSPECIFIED"), (1, "KIND_ONE"), (-2, "KIND_BELOW")):
        kind.value.add(name=name, number=number)
    every = file.message_type.add(name="Every")
    every.oneof_decl.add(name="side")  # before the synthetic ones of the optional fields

    def add(name, scalar=None, type_name=None, **more):
        code = getattr(field, f"TYPE_{scalar}")
        return every.field.add(name=name, number=len(every.field) + 1, type=code, type_name=type_name, **more)

    for name in SCALARS:
        low = name.lower()
        add(f"a_{low}", name, label=field.LABEL_OPTIONAL)
        add(f"many_{low}", name, label=field.LABEL_REPEATED)
        every.oneof_decl.add(name=f"_opt_{low}")
        add(f"opt_{low}", name, oneof_index=len(every.oneof_decl) - 1, proto3_optional=True)
    for name in KEYS:
        entry = every.nested_type.add(name=f"By{name.title()}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, type=getattr(field, f"TYPE_{name}"), label=1)
        entry.field.add(name="value", number=2, type=field.TYPE_MESSAGE, type_name=".every.Every", label=1)
        entry_name = f".every.Every.By{name.title()}Entry"
        add(f"by_{name.lower()}", "MESSAGE", entry_name, label=field.LABEL_REPEATED)
    add("kind", "ENUM", ".every.Kind")
    add("kinds", "ENUM", ".every.Kind", label=field.LABEL_REPEATED)
    add("inner", "MESSAGE", ".every.Every")
    add("inners", "MESSAGE", ".every.Every", label=field.LABEL_REPEATED)
    for name, message in WELL_KNOWN.items():
        add(name, "MESSAGE", f".{message.DESCRIPTOR.full_name}")
    for choice in ("left", "right"):
        add(choice, "STRING", oneof_index=0)
    add("secret", "STRING", label=field.LABEL_OPTIONAL).options.debug_redact = True
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName("every.Every")


def attempted(action, *arguments):
    """(result, None), or (None, the refusal)."""
    try:
        return action(*arguments), None
    except MeshError as refused:
        return None, refused


EVERY = _descriptor()
Every = GetMessageClass(EVERY)

_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
}


def _values(field, finite):
    if field.enum_type:
        return st.sampled_from([value.number for value in field.enum_type.values])
    if field.cpp_type in _INTEGERS:
        return _INTEGERS[field.cpp_type]
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=8)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return st.text(max_size=8) if field.GetOptions().debug_redact else st.text(max_size=8).map(cleaned)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return st.booleans()
    width = 32 if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT else 64
    return st.floats(width=width, allow_nan=not finite, allow_infinity=not finite)


def _message(kind, finite, depth):
    if kind.full_name == "google.protobuf.Timestamp":
        return st.integers(0, 4_000_000_000).map(lambda seconds: timestamp_pb2.Timestamp(seconds=seconds))
    if kind.full_name == "google.protobuf.Duration":
        return st.integers(-10_000, 10_000).map(lambda seconds: duration_pb2.Duration(seconds=seconds))
    if kind.full_name == "google.protobuf.FieldMask":
        path = st.from_regex(r"[a-z][a-z0-9]{0,3}(_[a-z]{1,4}){0,2}(\.[a-z]{1,4}(_[a-z]{1,4})?)?", fullmatch=True)
        return st.lists(path, max_size=3).map(lambda paths: field_mask_pb2.FieldMask(paths=paths))
    return messages(kind, finite, depth + 1)


def _single(field, finite, depth):
    return _message(field.message_type, finite, depth) if field.message_type else _values(field, finite)


@st.composite
def messages(draw, kind, finite=False, depth=0):
    """A random message with a few of its fields set; ``finite`` leaves NaN and the infinities out."""
    fields = [field for field in kind.fields if depth < 2 or not field.message_type]
    chosen = draw(st.lists(st.sampled_from(fields), max_size=6, unique_by=lambda field: field.name)) if fields else []
    message = GetMessageClass(kind)()
    for field in chosen:
        entry = map_entry(field)
        if entry:
            keys, values = _values(entry[0], finite), _single(entry[1], finite, depth)
            given_map = draw(st.dictionaries(keys, values, max_size=2))
            for key, value in given_map.items():
                target = getattr(message, field.name)
                if entry[1].message_type:
                    target[key].CopyFrom(value)
                else:
                    target[key] = value
        elif field.is_repeated:
            getattr(message, field.name).extend(draw(st.lists(_single(field, finite, depth), max_size=2)))
        elif field.message_type:
            getattr(message, field.name).CopyFrom(draw(_single(field, finite, depth)))
        else:
            setattr(message, field.name, draw(_values(field, finite)))
    return message
