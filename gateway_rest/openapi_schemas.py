"""Message types as JSON schemas: shapes from the descriptors, limits from their ``buf.validate`` rules."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from buf.validate import validate_pb2
from gateway_rest.json_encoder import map_entry, well_known
from gateway_rest.openapi_comments import comments

Schema = dict[str, Any]

_SCALARS: dict[int, Schema] = {
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    **{
        getattr(FieldDescriptor, f"TYPE_{name}"): {"type": "integer", "format": "int32"}
        for name in ("INT32", "SINT32", "SFIXED32", "UINT32", "FIXED32")
    },
    **{
        getattr(FieldDescriptor, f"TYPE_{name}"): {"type": "string", "format": "int64"}
        for name in ("INT64", "SINT64", "SFIXED64", "UINT64", "FIXED64")
    },
}
_WELL_KNOWN: dict[str, Schema] = {
    "Timestamp": {"type": "string", "format": "date-time"},
    "Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$"},
    "FieldMask": {"type": "string"},
    "Struct": {"type": "object"},
    "ListValue": {"type": "array", "items": {}},
    "Value": {},
}
_KEYWORDS = {
    "min_len": "minLength", "max_len": "maxLength", "pattern": "pattern", "gte": "minimum", "lte": "maximum",
    "gt": "exclusiveMinimum", "lt": "exclusiveMaximum", "min_items": "minItems", "max_items": "maxItems",
    "unique": "uniqueItems", "min_pairs": "minProperties", "max_pairs": "maxProperties", "in": "enum", "const": "const",
}  # fmt: skip
_DEMANDING = frozenset({"minLength", "minItems", "minProperties", "const", "pattern"})


class Schemas:
    """The schemas of a document; a message is described once and referred to by name."""

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}

    def message(self, kind: Descriptor, strict: bool = False) -> Schema:
        """A reference to a message's schema; ``strict`` when a request holds it, where unknown fields are refused."""
        if well_known(kind):
            return dict(_WELL_KNOWN.get(kind.name, {}))
        name = short(kind.full_name)
        known = self.named.get(name)
        if known is None or (strict and "additionalProperties" not in known):
            self.named[name] = {} if known is None else known | {"additionalProperties": False}
            self.named[name] = self._object(kind, strict)
        return {"$ref": f"#/components/schemas/{name}"}

    def field(self, field: FieldDescriptor, strict: bool = False) -> Schema:
        """One field's schema, its comment and its rules included."""
        schema = self._shape(field, strict)
        _limit(schema, field.GetOptions().Extensions[validate_pb2.field])
        text = comments().get(field.full_name)
        return schema | {"description": text} if text else schema

    def _object(self, kind: Descriptor, strict: bool) -> Schema:
        properties = {field.json_name: self.field(field, strict) for field in kind.fields}
        schema: Schema = {"type": "object", "properties": properties}
        needed = [field.json_name for field in kind.fields if demanded(properties[field.json_name], field)]
        if needed:
            schema["required"] = needed
        if strict:
            schema["additionalProperties"] = False
        text = comments().get(kind.full_name)
        return {"description": text, **schema} if text else schema

    def _shape(self, field: FieldDescriptor, strict: bool) -> Schema:
        entry = map_entry(field)
        if entry:
            return {"type": "object", "additionalProperties": self._single(entry[1], strict)}
        one = self._single(field, strict)
        return {"type": "array", "items": one} if field.is_repeated else one

    def _single(self, field: FieldDescriptor, strict: bool) -> Schema:
        if field.message_type:
            return self.message(field.message_type, strict)
        return self._enum(field.enum_type) if field.enum_type else dict(_SCALARS[field.type])

    def _enum(self, kind: EnumDescriptor) -> Schema:
        name = short(kind.full_name)
        if name not in self.named:
            lines = [comments().get(f"{kind.full_name}.{value.name}", value.name) for value in kind.values]
            text = " ".join([comments().get(kind.full_name, ""), *lines]).strip()
            names = [value.name for value in kind.values]
            self.named[name] = {"type": "string", "enum": names, "description": text}
        return {"$ref": f"#/components/schemas/{name}"}


def short(full_name: str) -> str:
    """A type's name in the document: "drug.v1.Drug"."""
    return full_name.removeprefix("medichain.")


def demanded(schema: Schema, field: FieldDescriptor) -> bool:
    """True when the field's rules refuse its default value, so that a request has to give it."""
    if field.GetOptions().Extensions[validate_pb2.field].required:
        return True
    return not field.has_presence and any(schema.get(keyword) not in (None, 0) for keyword in _DEMANDING)


def _limit(schema: Schema, rules: Any) -> None:
    """Adds what the rules of a field demand to its schema."""
    kind = rules.WhichOneof("type")
    if kind is None:
        return
    for rule, value in getattr(rules, kind).ListFields():
        if rule.name in _KEYWORDS and schema.get("format") != "int64":
            schema[_KEYWORDS[rule.name]] = list(value) if rule.is_repeated else value
        elif rule.name == "items":
            _limit(schema["items"], value)
        elif rule.name == "values":
            _limit(schema["additionalProperties"], value)
        elif rule.name == "keys":
            schema["propertyNames"] = {}
            _limit(schema["propertyNames"], value)
